import torch
from torch import nn

model = nn.Linear(3, 3)
if torch.cuda.is_available():
    model = nn.DataParallel(model.cuda())
