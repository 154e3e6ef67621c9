"""A network for volumes, with a small check of its shapes."""
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

    def test(self, size=16):
        x = torch.rand(1, self.channels, size, size, size)
        wanted = torch.rand(1, self.classes, size, size, size)
        assert self.forward(x).shape == wanted.shape
        print("the shapes are right")
