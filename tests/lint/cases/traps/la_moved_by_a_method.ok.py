"""What one method moves before another one uses it."""
import torch
from torch import nn


class Bank(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.table = torch.rand(n, 8)
        self.where = torch.device("cpu")
        self.width = 8

    def settle(self, x):
        self.where = x.device
        self.table = self.table.to(self.where)

    def forward(self, x):
        zero = torch.zeros(1, self.width, device=self.where)
        return x * self.table[0] + zero


class Deck:
    def __init__(self):
        self.cards = []
        self.order = {}

    def add(self, card: torch.Tensor):
        self.cards.append(card)
        self.order[len(self.cards)] = card

    def top(self, like: torch.Tensor):
        return like + self.cards[-1] + self.order[1]
