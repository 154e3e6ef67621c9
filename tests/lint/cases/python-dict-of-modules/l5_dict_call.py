from collections import OrderedDict

from torch import nn


class Decoder(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.layers = OrderedDict([("up", nn.ConvTranspose2d(dim, dim, 2)), ("out", nn.Conv2d(dim, 1, 1))])  # BUG: python-dict-of-modules
        self.norms = dict(up=nn.BatchNorm2d(dim), out=nn.BatchNorm2d(1))  # BUG: python-dict-of-modules

    def forward(self, x):
        for name in self.layers:
            x = self.norms[name](self.layers[name](x))
        return x
