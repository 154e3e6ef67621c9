"""A tensor asked of a distribution of numbers lies where the value does; a function that calls .numpy() is for the CPU; what has a
device= is where its author wants it."""
import numpy as np
import torch
from torch import nn
from torch.distributions import Normal


def log_tail(z: torch.Tensor):
    below = Normal(0.0, 1.0).cdf(z.masked_select(z < 0))
    return torch.log(below) - z.masked_select(z < 0)


def superpixels(image: torch.Tensor, segment):
    height, width, channels = image.size()
    seg = torch.from_numpy(segment(image.to(torch.double).numpy()))
    rows = torch.arange(height).view(-1, 1).repeat(1, width)
    return image * rows.unsqueeze(-1) + seg.unsqueeze(-1)


class Grid(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.shift = nn.Linear(width, width)

    def forward(self, x: torch.Tensor):
        return sample_at(x, self.shift(x))


def sample_at(picture, moved):
    rows = torch.arange(moved.shape[-1], device=picture.device)
    return rows + moved
