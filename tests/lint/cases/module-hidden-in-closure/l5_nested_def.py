from torch import nn


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        conv = nn.Conv2d(channels, channels, 3, padding=1)  # BUG: module-hidden-in-closure
        norm = nn.BatchNorm2d(channels)  # BUG: module-hidden-in-closure

        def block(x):
            return x + norm(conv(x)).relu()

        self.block = block

    def forward(self, x):
        return self.block(x)
