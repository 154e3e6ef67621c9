import torch
import torch.nn as nn
import torch.nn.functional as F


class Multi(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.fc = nn.Linear(n, n)

    def forward(self, x, y=None):
        z = self.fc(x)
        if y is not None:
            pos = z.new_full((z.shape[1],), 3.0)
            return F.binary_cross_entropy_with_logits(z, y, pos_weight=pos)
        return z
