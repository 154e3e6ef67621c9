import torch.nn as nn


class MLP(nn.Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(n_in, n_out), nn.Tanh())

    def forward(self, x):
        return self.layers(x)


class Model(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.sizes = sizes
        self.mlps = nn.ModuleList(MLP(a, b) for a, b in zip(sizes, sizes[1:]))
        self.out = nn.Linear(sizes[-1], 1)

    def forward(self, x):
        for mlp in self.mlps:
            x = mlp(x)
        return self.out(x)
