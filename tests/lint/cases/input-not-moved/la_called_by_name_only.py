"""`step` is the name of many things: that somebody calls one of them does not mean that this one is called."""
import torch
from torch import nn, optim


class Player:
    def __init__(self, n):
        self.net = nn.Linear(n, 2).cuda()
        self.optimizer = optim.SGD(self.net.parameters(), lr=0.1)

    def step(self):
        self.look()
        self.optimizer.step()

    def look(self):
        seen = torch.rand(1, 4)
        return self.net(seen)  # BUG: input-not-moved
