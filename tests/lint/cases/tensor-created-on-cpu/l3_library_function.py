import torch
from torch import Tensor


def add_noise(x: Tensor, sigma: float) -> Tensor:
    noise = torch.randn(x.size(0), x.size(1)) * sigma  # BUG: tensor-created-on-cpu
    return x + noise
