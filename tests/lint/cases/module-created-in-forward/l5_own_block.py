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
        self.out = nn.Linear(sizes[-1], 1)

    def forward(self, x):
        for a, b in zip(self.sizes, self.sizes[1:]):
            mlp = MLP(a, b)  # BUG: module-created-in-forward
            x = mlp(x)
        return self.out(x)
