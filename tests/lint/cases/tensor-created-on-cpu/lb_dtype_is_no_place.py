"""A change of dtype moves nothing, and max, min and abs of numbers are numbers."""
import torch
from torch import nn


def checker(image, cell=8, contrast=0.5, dtype=torch.float32):
    height, width = image.shape[-2:]
    cell = max(2, min(cell, height, width))
    rows = torch.arange(height)  # BUG: tensor-created-on-cpu
    tiles = (rows // cell % 2).reshape(height, 1).to(image.dtype)
    shade = torch.rand_like(image)
    return shade - abs(contrast) * tiles + torch.zeros_like(image).to(dtype)


class Ramp(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.mix = nn.Linear(width, width)

    def forward(self, signal: torch.Tensor):
        ramp = torch.linspace(0.0, 1.0, signal.size(-1))  # BUG: tensor-created-on-cpu
        return self.mix(signal) * ramp.to(self.mix.weight.dtype)
