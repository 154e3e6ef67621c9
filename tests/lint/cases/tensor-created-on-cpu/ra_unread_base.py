"""A class with a forward and a base that was not read: its input is a tensor where it is calculated with."""
import torch
from torch import nn

from .base import Transform


class Sharpened(Transform):
    def __init__(self, temperature=1, learn=False):
        super().__init__()
        if learn:
            self.temperature = nn.Parameter(torch.Tensor([temperature]))
        else:
            self.temperature = torch.Tensor([temperature])  # BUG: tensor-created-on-cpu

    def forward(self, inputs, context=None):
        inputs = self.temperature * inputs
        return torch.sigmoid(inputs)
