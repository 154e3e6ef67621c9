import torch
from torch import nn
from torch.nn import functional as F


class Attn(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.q = nn.Linear(dim, dim)
        self.k = nn.Linear(dim, dim)

    def forward(self, x):
        att = torch.softmax(self.q(x) @ self.k(x).transpose(-1, -2), dim=-1)
        y = att @ x
        return F.layer_norm(y, y.shape[-1:])
