import torch

from field import Field

field = Field(2).cuda()
print(field(torch.randn(5, 2, device="cuda")).sum())
