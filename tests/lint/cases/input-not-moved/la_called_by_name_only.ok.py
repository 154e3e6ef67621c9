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
        seen = torch.rand(1, 4).cuda()
        return self.net(seen)

    def _add(self, row):
        # Nobody who is read gives it anything: of `row` nothing is known.
        return row + torch.ones(4)

    def update(self):
        self._add(self.missing)
        self.optimizer.update()
