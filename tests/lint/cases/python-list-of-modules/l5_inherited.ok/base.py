import torch.nn as nn


class Pyramid(nn.Module):
    levels = 4

    def __init__(self):
        super().__init__()
        self.build()
        self.laterals = nn.ModuleList(self.laterals)

    def build(self):
        raise NotImplementedError

    def forward(self, feats):
        return [lateral(f) for lateral, f in zip(self.laterals, feats)]
