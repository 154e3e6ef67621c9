import torch
from torch import nn

device = torch.device("cuda")  # BUG: hard-coded-cuda
model = nn.Linear(3, 3).to(device)
print(model(torch.ones(1, 3, device=device)))
