import torch
from torch import nn


class Mixture(nn.Module):
    def __init__(self, size, first=None, second=None, third=None, fourth=None):
        super().__init__()
        if first is None:
            self.first = nn.Identity()
        if second is None:
            self.second = nn.Identity()
        if third is None:
            self.third = nn.Identity()
        if fourth is None:
            self.scale = nn.Parameter(torch.ones(1, size))
        else:
            self.scale = fourth

    def start(self, spread: float):
        least = torch.zeros(1, 3)  # BUG: tensor-created-on-cpu
        least[:, 0] = spread
        self.scale.data.uniform_().mul_(0.5).div_(least)
