"""Statistics that the forward itself goes on with: the first call finds what the constructor made."""
import torch
from torch import nn


class Whiten(nn.Module):
    def __init__(self, features, momentum=0.05):
        super().__init__()
        self.momentum = momentum
        self.register_buffer("center", torch.zeros(features))
        self.register_buffer("spread", torch.ones(features))

    def forward(self, x):
        if self.training:
            self.center = self.center.lerp(x.mean(0).detach(), self.momentum)
            self.spread = (1 - self.momentum) * self.spread + self.momentum * x.std(0).detach()
        return (x - self.center) / self.spread


class Recurrent(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.cell = nn.GRUCell(size, size)
        self.register_buffer("state", torch.zeros(1, size))

    def forward(self, x):
        self.state = self.cell(x, self.state)
        return self.state


class Agent(nn.Module):
    def __init__(self, size, actions):
        super().__init__()
        self.whiten = Whiten(size)
        self.act = nn.Linear(size, actions)

    def forward(self, x):
        return self.act(self.whiten(x))
