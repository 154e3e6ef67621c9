import functools

import torch.nn as nn


def apply_twice(layer, x):
    return layer(layer(x))


class Twice(nn.Module):
    def __init__(self, n):
        super().__init__()
        inner = nn.Linear(n, n)  # BUG: module-hidden-in-closure
        self.body = functools.partial(apply_twice, inner)
        self.out = nn.Linear(n, 1)

    def forward(self, x):
        return self.out(self.body(x))
