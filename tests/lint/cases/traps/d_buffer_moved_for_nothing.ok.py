"""The buffer went with its module: the line does nothing, and nothing is missed."""
import torch
from torch import nn


class Turn(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.register_buffer("speed", 1.0 / torch.arange(1, size))

    def forward(self, x):
        self.speed.to(x.device)
        return x * self.speed
