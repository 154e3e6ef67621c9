"""Files that import each other, and are judged one after the other: what is learned of one is asked for again by the next."""
import torch
from torch import nn

import layers


class Net(layers.Block):
    def __init__(self, width):
        super().__init__(width)
        self.out = layers.make(width)
        self.head = layers.Head(width)

    def forward(self, x):
        return self.head(self.out(super().forward(x)))


def train():
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = Net(layers.WIDTH).to(device)
    x = torch.randn(4, layers.WIDTH, device=device)
    model(x).sum().backward()


if __name__ == "__main__":
    train()
