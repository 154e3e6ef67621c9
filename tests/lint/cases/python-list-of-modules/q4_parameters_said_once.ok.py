"""A parameter in a list is no buffer that was forgotten besides."""
import torch
from torch import nn


class Codes(nn.Module):
    def __init__(self, heads, size, width):
        super().__init__()
        self.project = nn.Linear(width, width)
        self.codes = nn.ParameterList()
        for _ in range(heads):
            self.codes.append(nn.Parameter(torch.randn(size, width)))

    def forward(self, x):
        x = self.project(x)
        return torch.stack([torch.matmul(x, code.t()) for code in self.codes], dim=1)
