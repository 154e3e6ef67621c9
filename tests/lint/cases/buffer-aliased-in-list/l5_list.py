import torch
import torch.nn as nn


class Pyramid(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.lin = nn.Linear(n, n)
        self.register_buffer("low", torch.rand(n))
        self.register_buffer("high", torch.rand(n))
        self.bands = [self.low, self.high]  # BUG: buffer-aliased-in-list

    def forward(self, x):
        x = self.lin(x)
        for b in self.bands:
            x = x * b
        return x


net = Pyramid(4).cuda()
