import torch
from torch import nn

model = nn.Linear(3, 3).cuda()  # BUG: hard-coded-cuda
x = torch.ones(1, 3).cuda()  # BUG: hard-coded-cuda
print(model(x))
