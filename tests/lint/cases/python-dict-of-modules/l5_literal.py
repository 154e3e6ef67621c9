import torch
import torch.nn as nn


class TwoHeads(nn.Module):
    def __init__(self, dim, n_cls):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(dim, dim), nn.GELU())
        self.heads = {  # BUG: python-dict-of-modules
            "cls": nn.Linear(dim, n_cls),
            "box": nn.Linear(dim, 4),
        }

    def forward(self, x):
        z = self.trunk(x)
        return self.heads["cls"](z), self.heads["box"](z)


net = TwoHeads(32, 5)
net = net.to(torch.device("cuda:0"))
