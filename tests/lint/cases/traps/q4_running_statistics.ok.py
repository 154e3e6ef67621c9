"""What stands there only for something to stand there, what is taken along, and what others have put there before."""
import torch
from torch import nn


class Placeholder(nn.Module):
    def __init__(self):
        super().__init__()
        self.grid = torch.zeros(1, 2)

    def forward(self, x):
        if self.grid.shape[0] != x.shape[0]:
            self.grid = torch.arange(x.shape[0] * 2, device=x.device).view(-1, 2).float()
        return x + self.grid


class TakesAlong(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.mean = torch.zeros(size)
        self.scale = torch.ones(size)

    def forward(self, x):
        self.mean = 0.9 * self.mean.to(x.device) + 0.1 * x.mean(0)
        self.scale = self.scale.to(x)
        return (x - self.mean) * self.scale


class FirstTime(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.mean = torch.zeros(size)
        self.seen = 0

    def forward(self, x):
        if self.seen == 0:
            self.mean = x.mean(0)
        else:
            self.mean = 0.9 * self.mean + 0.1 * x.mean(0)
        self.seen += 1
        return x - self.mean


class Reset(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.cell = nn.GRUCell(size, size)
        self.state = torch.zeros(1, size)

    def begin(self, x):
        self.state = torch.zeros(len(x), x.shape[-1], device=x.device)

    def forward(self, x):
        self.state = self.cell(x, self.state)
        return self.state
