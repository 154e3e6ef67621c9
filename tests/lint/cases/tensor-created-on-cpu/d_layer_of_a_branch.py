"""Where __init__ made the layer in a branch, its result is where the module is."""
import torch
from torch import nn


class Attend(nn.Module):
    def __init__(self, fused):
        super().__init__()
        if fused:
            self.both = nn.Linear(8, 16)
        else:
            self.key = nn.Linear(8, 8)

    def forward(self, x):
        return self.key(x) + torch.ones(8)  # BUG: tensor-created-on-cpu
