import numpy as np
import torch
from torch import nn


class Scaled(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(4, 4)

    def forward(self, x, scale):
        rows = scale.shape[0]
        table = torch.ones(rows)
        together = scale + table
        n = x.size()
        number = torch.tensor(2.0)
        return self.body(x) * number, together, n


def weigh(values, factor):
    ones = torch.ones(values.size)
    if isinstance(values, np.ndarray):
        return ones * torch.from_numpy(values)
    return values * factor
