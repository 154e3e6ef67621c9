import torch
from torch import nn

import layers
import main


class Pair(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.first = main.Net(width)
        self.second = main.layers.again(width)
        self.third = layers.main.layers.Block(width)

    def forward(self, x):
        return self.first(x) + self.second(x) + self.third(x)


class Wider(main.Net):
    def __init__(self, width):
        super().__init__(width)
        self.more = main.layers.make(width)

    def forward(self, x):
        return self.more(super().forward(x))


def last(width):
    return nn.Linear(width, 1)


def run(x: torch.Tensor):
    return Pair(8).to(x.device)(x) + Wider(8).to(x.device)(x)
