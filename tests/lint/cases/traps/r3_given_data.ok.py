import torch
from torch import nn


def one(x: torch.Tensor, scale):
    return x * torch.tensor(scale)


def copied(x: torch.Tensor, other):
    again = torch.tensor(other)
    return x @ again, other.unsqueeze(0)


def both_moved(values: torch.Tensor, size: int):
    place = torch.arange(len(values))
    return torch.sparse_coo_tensor(torch.stack([place, place]), values, (size, size), device=values.device)


class Step(nn.Module):
    def __init__(self, betas):
        super().__init__()
        self.betas = torch.linspace(0.0, 1.0, 10)

    def forward(self, x, t):
        return x * self.betas[t]
