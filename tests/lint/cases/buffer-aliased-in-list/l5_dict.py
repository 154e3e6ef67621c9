import torch
from torch import nn


class Stats(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.fc = nn.Linear(dim, dim)
        self.register_buffer("mean", torch.zeros(dim))
        self.register_buffer("std", torch.ones(dim))
        self.moments = {"mean": self.mean, "std": self.std}  # BUG: buffer-aliased-in-list

    def forward(self, x):
        y = self.fc(x)
        return (y - self.moments["mean"]) / self.moments["std"]
