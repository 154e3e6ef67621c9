# Of two ways, the one on the CPU never meets what is elsewhere.
import torch
from torch import Tensor


def mended(x: Tensor, n):
    if n > 3:
        extra = torch.zeros(3)
    else:
        extra = make(n)
    return x + extra.to(x.device)


def noise_of(noise, n):
    if isinstance(noise, Tensor):
        batch = noise.view(n, -1)
    elif callable(noise):
        batch = noise((n, 3))
    else:
        batch = torch.randn(n, 3)
    return batch


def number(x: Tensor, n):
    if n > 3:
        extra = torch.tensor(2.0)
    else:
        extra = n * 2.0
    return x * extra


def left(x: Tensor, n):
    if n > 3:
        extra = torch.zeros(3)
        return extra.sum().item()
    extra = x * 2
    return x + extra


def attention(x: Tensor, y: Tensor, mode):
    alpha = torch.tensor([0])
    if mode == "sum":
        alpha = x + y
    elif mode == "product":
        alpha = x * y
    return alpha - x
