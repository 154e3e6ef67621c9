# Results on the CPU that are meant to be there, or of which nothing is known.
import torch
from torch import Tensor, nn


def or_nothing(mask: Tensor = None):
    if mask is None:
        return torch.ones(3)
    return 1 - mask


def table(n):
    return torch.arange(n).float()


def host(x: Tensor):
    out = torch.zeros(x.shape[0])
    out[::2] = x.cpu()[::2]
    return out


def mended(x: Tensor):
    ones = torch.ones(3)
    if ones.device != x.device:
        ones = ones.to(x.device)
    return ones


def rows(values):
    total = torch.zeros(3)
    for i, v in enumerate(values):
        total[i] = v
    return total


def plot_grid(weights: Tensor, n: int):
    grid = torch.zeros(n, n)
    grid[:2, :2] = weights[:2, :2]
    return grid


class Lengths(nn.Module):
    def forward(self, x: Tensor):
        return x, torch.tensor([x.shape[0]])


def as_tensor(x, like: Tensor):
    if isinstance(x, list):
        return torch.tensor(x)
    return like * x


def moved(x: Tensor):
    out = torch.zeros(4)
    out[:2] = x[:2]
    return out.to(x.device)
