"""The functional form of a module: it has a buffer and no weight, and takes the buffer to its input."""
import torch
import torch.nn.functional as F
from torch import nn


class Peaks(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.register_buffer("window", torch.ones(size * size, 1, size, size))

    def forward(self, x):
        return x > F.conv2d(x, self.window.to(x.device, x.dtype)).amax(1, keepdim=True)


def peaks(x: torch.Tensor, size: int = 3):
    return Peaks(size)(x)


class Detector(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Conv2d(3, 1, 3)

    def forward(self, x):
        return peaks(self.body(x))
