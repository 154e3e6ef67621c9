import torch
from torch import nn

from blocks import Conditioner


class Autoregressive(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.features = features
        self.start = nn.Parameter(torch.zeros(2))
        self.steps = nn.ModuleList([Conditioner(i) for i in range(1, features)])

    def forward(self, x):
        total = torch.zeros(x.shape[0])  # BUG: tensor-created-on-cpu
        for i in range(self.features):
            if i == 0:
                scale = self.start[0]
            else:
                scale = self.steps[i - 1](x[:, :i])
            total -= scale
        return total
