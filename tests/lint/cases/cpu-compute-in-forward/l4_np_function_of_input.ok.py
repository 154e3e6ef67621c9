import numpy as np
import torch
import torch.nn as nn


class Spectrum(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.scale = np.sqrt(n)
        self.proj = nn.Linear(n, n)

    def forward(self, signal):
        power = torch.log1p(signal)
        return self.proj(power) / self.scale
