import torch
from torch import Tensor


def add_noise(x: Tensor, sigma: float) -> Tensor:
    noise = torch.randn(x.size(0), x.size(1), device=x.device) * sigma
    return x + noise
