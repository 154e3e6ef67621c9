# The script that uses it makes CUDA tensors the default.
import torch


def sample(weights, n, det=False):
    chances = torch.cumsum(weights / weights.sum(-1, keepdim=True), -1)
    if det:
        points = torch.linspace(0.0, 1.0, steps=n).expand(list(chances.shape[:-1]) + [n])
    else:
        points = torch.rand(list(chances.shape[:-1]) + [n])
    return torch.searchsorted(chances, points.contiguous())
