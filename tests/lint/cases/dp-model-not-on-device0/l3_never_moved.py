import torch
import torch.nn as nn

model = nn.DataParallel(nn.Linear(10, 2))  # BUG: dp-model-not-on-device0
x = torch.rand(32, 10).cuda()
print(model(x).shape)
