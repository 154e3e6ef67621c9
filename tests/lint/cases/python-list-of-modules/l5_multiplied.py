import torch.nn as nn


class GRUStack(nn.Module):
    """One cell, used several times."""

    def __init__(self, hidden: int, steps: int):
        super().__init__()
        self.cells = [nn.GRUCell(hidden, hidden)] * steps  # BUG: python-list-of-modules

    def forward(self, x, h):
        outputs = []
        for cell in reversed(self.cells):
            h = cell(x, h)
            outputs.append(h)
        return outputs
