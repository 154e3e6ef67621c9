import torch
from torch import nn


class Soft(nn.Module):
    def forward(self, x):
        peak = x.detach().amax(dim=-1)
        return x - peak.unsqueeze(-1)
