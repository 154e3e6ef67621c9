import torch
import torch.nn as nn

model = nn.DataParallel(nn.Linear(10, 2)).cuda()
x = torch.rand(32, 10).cuda()
print(model(x).shape)
