import torch
import torch.nn as nn


class Gate(nn.Module):
    def __init__(self, dim):
        super().__init__()
        proj = self.proj = nn.Linear(dim, dim)
        self.gate = lambda x: torch.sigmoid(proj(x))

    def forward(self, x):
        return x * self.gate(x)


g = Gate(8).cuda()
