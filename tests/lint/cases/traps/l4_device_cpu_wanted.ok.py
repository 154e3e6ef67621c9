import torch
from torch import nn

device = torch.device("cpu")
model = nn.Linear(3, 3)
model(torch.ones(2, 3)).sum().backward()
