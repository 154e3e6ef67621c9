import torch
from torch import nn


class Bands(nn.Module):
    """Only learned bands move with the module; the axis stays behind."""

    def __init__(self, n, learned=False):
        super().__init__()
        centre = torch.linspace(0.0, 1.0, n)
        if learned:
            self.centre = nn.Parameter(centre)
        else:
            self.register_buffer("centre", centre)
        self.register_buffer("axis", torch.linspace(0.0, 1.0, 64).repeat(n, 1))

    def forward(self, x):
        weights = (self.axis - self.centre.unsqueeze(1)).abs()
        return x @ weights.to(x.device).T
