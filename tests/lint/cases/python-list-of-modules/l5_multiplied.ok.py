import torch.nn as nn


class GRUStack(nn.Module):
    """One cell, used several times."""

    def __init__(self, hidden: int, steps: int):
        super().__init__()
        self.cells = nn.ModuleList([nn.GRUCell(hidden, hidden)] * steps)

    def forward(self, x, h):
        outputs = []
        for cell in reversed(self.cells):
            h = cell(x, h)
            outputs.append(h)
        return outputs
