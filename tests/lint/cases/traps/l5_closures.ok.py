import functools

import torch
import torch.nn as nn


class Uses(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.lin = nn.Linear(n, n)
        act = nn.ReLU()
        make = functools.partial(nn.LayerNorm, n)
        self.norm = make()
        self.f = lambda x: act(self.lin(x))
        lin2 = nn.Linear(n, n)
        self.g = lambda x: lin2(x)
        self.seq = nn.Sequential(lin2, nn.ReLU())

    def forward(self, x):
        return self.norm(self.f(x)) + self.g(x)


class Default(nn.Module):
    def __init__(self, n, norm=nn.BatchNorm1d(4), act=nn.ReLU()):
        super().__init__()
        self.norm = norm
        self.act = act

    def forward(self, x, act=nn.ReLU()):
        return act(self.norm(x))
