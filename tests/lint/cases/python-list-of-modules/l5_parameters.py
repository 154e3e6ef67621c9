import torch
from torch import nn


class Factorised(nn.Module):
    def __init__(self, rank, shapes):
        super().__init__()
        self.factors = [nn.Parameter(torch.randn(rank, s)) for s in shapes]  # BUG: python-list-of-modules

    def forward(self, x):
        for f in self.factors:
            x = x @ f.t() @ f
        return x
