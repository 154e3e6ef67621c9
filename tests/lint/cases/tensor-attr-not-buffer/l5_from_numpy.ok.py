import numpy as np
import torch
import torch.nn as nn


class GaborFront(nn.Module):
    def __init__(self, bank: np.ndarray):
        super().__init__()
        self.register_buffer("bank", None)
        self.bank = torch.from_numpy(bank).float()
        self.scale = nn.Parameter(torch.ones(1))

    def forward(self, img):
        y = nn.functional.conv2d(img * self.scale, self.bank, padding=4)
        return y
