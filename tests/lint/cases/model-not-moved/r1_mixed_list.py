import sys

import torch
import torch.nn as nn


class MLP(nn.Module):
    def __init__(self, inputs, width, depth, outputs):
        super().__init__()
        layers = []
        for _ in range(depth):
            layers.append(nn.Linear(inputs, width))
            layers.append(nn.ReLU())
            inputs = width
        layers += [nn.Linear(width, outputs), nn.Softplus()]
        self.net = nn.Sequential(*layers[:-1])

    def forward(self, x):
        return self.net(x)


def main(depth):
    device = torch.device("cuda")
    model = MLP(4, 16, depth, 2)  # BUG: model-not-moved
    x = torch.randn(8, 4, device=device)
    print(model(x).sum())


main(len(sys.argv) + 2)
