import torch


def noise(n, device):
    return torch.randn(n, device=device)


def move(x, device):
    return x.to(device, non_blocking=True)
