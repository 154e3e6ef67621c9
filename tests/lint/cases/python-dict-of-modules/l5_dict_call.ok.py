from collections import OrderedDict

from torch import nn


class Decoder(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.layers = nn.ModuleDict(OrderedDict([("up", nn.ConvTranspose2d(dim, dim, 2)), ("out", nn.Conv2d(dim, 1, 1))]))
        self.norms = nn.ModuleDict(dict(up=nn.BatchNorm2d(dim), out=nn.BatchNorm2d(1)))

    def forward(self, x):
        for name in self.layers:
            x = self.norms[name](self.layers[name](x))
        return x
