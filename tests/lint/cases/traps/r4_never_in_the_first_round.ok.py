# What is on the CPU is replaced in round 0, before anything meets it.
import torch
from torch import nn


class Chain(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.n = n
        self.start = nn.Parameter(torch.zeros(4))

    def forward(self, x):
        total = torch.zeros(4)
        for i in range(self.n):
            if i == 0:
                total = self.start * x
            else:
                total = total + x
        return total
