"""A helper that is called again and again: what it did for one kind of argument says nothing of another kind."""
import torch
from torch import nn

scale = 2.0


def prepare(x, flip):
    y = x * scale
    if flip:
        y = y.flip(0)
    y = y - y.mean()
    return y / (y.std() + 1e-6)


net = nn.Linear(8, 2).cuda()
first = prepare(torch.randn(4, 8).cuda(), True)
second = prepare(torch.randn(4, 8).cuda(), True)
third = prepare(torch.randn(4, 8), True)
fourth = prepare(torch.randn(4, 8), True)
print(net(first), net(second), third)
print(net(fourth.cuda()))
