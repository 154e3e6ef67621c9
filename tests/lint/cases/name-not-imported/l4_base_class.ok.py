import torch
from torch import nn


class Scale(nn.Module):
    def forward(self, x):
        return torch.exp(x) * 2
