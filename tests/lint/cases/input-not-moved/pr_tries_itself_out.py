"""A network for volumes, which also draws some."""
import torch
from torch import nn


class Volumes(nn.Module):
    def __init__(self, channels, classes):
        super().__init__()
        self.channels, self.classes = channels, classes
        self.first = nn.Conv3d(channels, 8, 3, padding=1)
        self.last = nn.Conv3d(8, classes, 1)

    def forward(self, x):
        return self.last(torch.relu(self.first(x)))

    def sample(self, size=16):
        noise = torch.rand(1, self.channels, size, size, size)
        return self.forward(noise)  # BUG: input-not-moved
