import torch
from torch import nn

model = nn.Linear(3, 3).cuda()
if torch.cuda.device_count > 1:  # BUG: code-is-available-not-called
    model = nn.DataParallel(model)
