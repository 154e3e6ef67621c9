"""In that branch it is a tensor, wherever it came from."""
import numpy as np
import torch
from torch.utils.data import Dataset


class Windows(Dataset):
    def __init__(self, device):
        self.device = device

    def as_tensor(self, window):
        if isinstance(window, torch.Tensor):
            window.to(device=self.device, dtype=torch.float32)  # BUG: discarded-to-result
        else:
            window = torch.from_numpy(window).to(device=self.device, dtype=torch.float32)
        return window


def place(batch, device):
    for name, value in batch.items():
        if torch.is_tensor(value):
            value.to(device)  # BUG: discarded-to-result
    return batch
