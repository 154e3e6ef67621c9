import torch
from torch import Tensor, nn


class Scale(nn.Module):
    """A list is made a tensor on the CPU, but is only used for lists."""

    def __init__(self, factor=None, **kwargs):
        super().__init__()
        if isinstance(factor, list):
            self.factor = torch.tensor(factor)
            self.where = "cpu"
        elif isinstance(factor, float):
            self.factor = factor
            self.where = "anywhere"
        else:
            self.factor = None
            self.where = "anywhere"

    def forward(self, x: Tensor) -> Tensor:
        if self.where == "cpu":
            return x.cpu() * self.factor
        if self.factor is None:
            return x
        return x * self.factor


def shift(x: Tensor, by):
    if isinstance(by, float):
        by = torch.tensor(by)
    return x + by


def either(x: Tensor, y):
    if isinstance(y, list):
        made = torch.tensor(y)
    if not isinstance(y, list):
        made = y
    if not isinstance(y, list):
        return x * made
    return made


class Widths(nn.Module):
    def __init__(self, width=3, device="cpu"):
        super().__init__()
        self.table = torch.ones(width, device=device)


class Wide(Widths):
    """Whoever makes it says where."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.linear = nn.Linear(3, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x) * self.table
