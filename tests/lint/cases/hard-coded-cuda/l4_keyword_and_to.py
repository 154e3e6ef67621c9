import torch


def noise(n):
    return torch.randn(n, device="cuda")  # BUG: hard-coded-cuda


def move(x):
    return x.to("cuda:0", non_blocking=True)  # BUG: hard-coded-cuda
