"""Blocks of two kinds that a loop puts into one list, with a mask that was made once."""
import torch
from torch import nn


class Mix(nn.Module):
    def __init__(self, size, mask):
        super().__init__()
        self.weight = nn.Linear(size, size)
        self.mask = mask  # BUG: tensor-attr-not-buffer

    def forward(self, x, **options):
        scores = self.weight(x) @ self.weight(x).transpose(-2, -1)
        if self.mask is not None:
            scores = scores.masked_fill(~self.mask, -1e9)
        return scores.softmax(-1) @ x


class Plus(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x, **options):
        return x + self.inner(x, **options)


class Feed(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.up = nn.Linear(size, size)

    def forward(self, x, **options):
        return self.up(x).relu()


class Tower(nn.Module):
    def __init__(self, size, length, depth, causal=False):
        super().__init__()
        mask = torch.ones(length, length).tril() == 1 if causal else None
        blocks = nn.ModuleList()
        for _ in range(depth):
            mix, feed = map(lambda inner: Plus(inner), (Mix(size, mask), Feed(size)))
            blocks.extend([mix, feed])
        self.blocks = blocks

    def forward(self, x, **options):
        for block in self.blocks:
            x = block(x, **options)
        return x
