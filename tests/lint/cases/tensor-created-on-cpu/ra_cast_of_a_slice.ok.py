"""x[:, None].float(): what has slices in two dimensions and such a method is a tensor."""
import math

import torch


def embed(moments, dim, slowest=10000):
    half = dim // 2
    rates = torch.exp(-math.log(slowest) * torch.arange(start=0, end=half, dtype=torch.float32) / half).to(moments.device)
    angles = moments[:, None].float() * rates[None]
    return torch.cat([torch.cos(angles), torch.sin(angles)], dim=-1)
