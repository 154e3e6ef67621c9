import torch
from torch import nn

huge = torch.empty(10000, 10000, 10000, device="meta")
with torch.device("meta"):
    table = nn.Embedding(10 ** 9, 8192)
    other = torch.zeros(10000, 10000, 10000)
view = torch.zeros(1).expand(10000, 10000, 10000)
print(huge.shape, table, other.shape, view.shape)
