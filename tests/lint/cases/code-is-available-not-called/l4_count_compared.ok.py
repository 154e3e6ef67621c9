import torch
from torch import nn

model = nn.Linear(3, 3).cuda()
if torch.cuda.device_count() > 1:
    model = nn.DataParallel(model)
