import torch

from field import Field

field = Field(2)
print(field(torch.randn(5, 2)).sum())
