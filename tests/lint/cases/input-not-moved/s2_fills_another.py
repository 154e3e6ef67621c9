"""A method that stores what it is given, called on one object after the other: each of them holds its own."""
import torch
from torch import nn


class Store:
    def __init__(self):
        self.items = None
        self.count = 0

    def fill(self, x):
        self.count += 1
        self.items = x.float() * 2 + 1
        self.items = self.items - self.items.mean()
        return self.count


net = nn.Linear(8, 2).cuda()
first, second, third, fourth = Store(), Store(), Store(), Store()
first.fill(torch.randn(4, 8).cuda())
second.fill(torch.randn(4, 8))
third.fill(torch.randn(4, 8).cuda())
fourth.fill(torch.randn(4, 8))
net(first.items)
net(third.items)
net(fourth.items)  # BUG: input-not-moved
