"""In that branch it is a tensor, wherever it came from."""
import numpy as np
import torch
from torch.utils.data import Dataset


class Windows(Dataset):
    def __init__(self, device):
        self.device = device

    def as_tensor(self, window):
        if isinstance(window, torch.Tensor):
            window = window.to(device=self.device, dtype=torch.float32)
        else:
            window = torch.from_numpy(window).to(device=self.device, dtype=torch.float32)
        return window


def place(batch, device):
    for name, value in batch.items():
        if torch.is_tensor(value):
            batch[name] = value.to(device)
    return batch


def warm_up(value, device, repeats):
    """Measures copies, which it need not keep."""
    if isinstance(value, torch.Tensor):
        value.to(device)


def cast(value):
    if isinstance(value, torch.Tensor):
        value.to(torch.float16)


def any_module(thing, device):
    if isinstance(thing, (torch.Tensor, torch.nn.Module)):
        thing.to(device)
    return thing


def module(thing, device):
    if isinstance(thing, torch.nn.Module):
        thing.to(device)
    return thing
