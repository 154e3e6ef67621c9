"""Tables that are computed with an argument of unknown kind and then registered: they move with the module, whoever moves it."""
import math

import torch
from torch import nn


class Sinusoids(nn.Module):
    def __init__(self, embed_dim):
        super(Sinusoids, self).__init__()
        inv_freq = 1 / (10000 ** (torch.arange(0.0, embed_dim, 2.0) / embed_dim))
        self.register_buffer("inv_freq", inv_freq)
        self.scale = nn.Parameter(torch.ones(8) / embed_dim)

    def forward(self, length, mask):
        positions = torch.arange(length, device=mask.device)
        angles = torch.matmul(torch.unsqueeze(positions, -1).float(), torch.unsqueeze(self.inv_freq, 0))
        return torch.cat([angles.sin(), angles.cos()], dim=1) * mask[:, None] * self.scale


class Positions(nn.Module):
    def __init__(self, width, longest=500):
        super().__init__()
        table = torch.zeros(longest, width)
        place = torch.arange(0, longest).unsqueeze(1)
        step = torch.exp(torch.arange(0, width, 2) * -(math.log(10000.0) / width))
        table[:, 0::2] = torch.sin(place * step)
        table[:, 1::2] = torch.cos(place * step)
        self.register_buffer("table", table.unsqueeze(0) * width**0.5, persistent=False)
        self.register_buffer("mean", torch.zeros(width) + width)

    def forward(self, x):
        self.mean = 0.9 * self.mean + 0.1 * x.mean(dim=0)
        return x + self.table[:, : x.size(1)] - self.mean


class Both(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.first = Sinusoids(width)
        self.second = Positions(width)

    def forward(self, x, mask):
        return self.second(x) + self.first(x.size(1), mask)
