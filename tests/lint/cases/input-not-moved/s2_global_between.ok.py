"""A helper that asks a name of the module, which is another one at the next call."""
import torch
from torch import nn

where = "cpu"


def make(n):
    base = torch.arange(n, device=where).float()
    base = base / (base.max() + 1)
    return base.reshape(1, -1) * 2 - 1


net = nn.Linear(8, 2).cuda()
low = make(8)
also_low = make(8)
where = "cuda"
high = make(8)
print(net(high), low)
print(net(also_low.cuda()))
