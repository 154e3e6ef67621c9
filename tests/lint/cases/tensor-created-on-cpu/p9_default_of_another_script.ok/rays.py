import torch


def sample(weights, n, det=False):
    chances = torch.cumsum(weights / weights.sum(-1, keepdim=True), -1)
    if det:
        points = torch.linspace(0.0, 1.0, steps=n, device=weights.device).expand(list(chances.shape[:-1]) + [n])
    else:
        points = torch.rand(list(chances.shape[:-1]) + [n], device=weights.device)
    return torch.searchsorted(chances, points.contiguous())
