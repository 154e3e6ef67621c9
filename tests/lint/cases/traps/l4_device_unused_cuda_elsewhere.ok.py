import torch
from torch import nn

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
model = nn.Linear(4, 1).cuda()
x = torch.randn(8, 4).cuda()
model(x).sum().backward()
