import torch
from torch import nn
from warp import Warp


class Net(nn.Module):
    def __init__(self, options):
        super().__init__()
        self.squeeze = None
        if options.kind == "tps":
            self.warp = Warp()
        if options.small:
            self.squeeze = nn.Linear(8, 8)
        else:
            self.key = nn.Linear(8, 8)

    def forward(self, x: torch.Tensor, hidden: torch.Tensor):
        key = self.squeeze(x) if self.squeeze is not None else self.key(x)
        return self.warp(hidden + torch.arange(0, 4, device=key.device))
