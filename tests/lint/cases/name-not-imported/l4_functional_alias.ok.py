import torch
from torch import nn
from torch.nn import functional as F


class Gate(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.project = nn.Linear(width, width)

    def forward(self, x):
        return F.silu(self.project(x))
