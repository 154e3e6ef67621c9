import torch
from torch import nn


class Scale(nn.Module):
    """Takes tensors: torch.Tensor(x) is x itself then."""

    def __init__(self, weight):
        super().__init__()
        self.weight = torch.Tensor(weight) if isinstance(weight, list) else weight

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.weight.to(x.device)


class Shift(nn.Module):
    def __init__(self, shift: torch.Tensor):
        super().__init__()
        self.shift = torch.Tensor(shift)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.shift


def again(batch):
    x = torch.Tensor(batch.x)
    return x * batch.mask
