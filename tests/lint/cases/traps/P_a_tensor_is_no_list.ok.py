import numpy as np
import torch
import torch.nn as nn


def corners(x):
    if isinstance(x, (list, tuple)):
        x = np.asarray(x, dtype=np.float32)
    return x[..., :2] - x[..., 2:] / 2


class Head(nn.Module):
    def __init__(self):
        super().__init__()
        self.box = nn.Linear(8, 4)

    def forward(self, x):
        return corners(self.box(x))


print(Head().cuda()(torch.rand(2, 8, device="cuda")))
