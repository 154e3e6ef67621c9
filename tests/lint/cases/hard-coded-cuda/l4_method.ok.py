import torch
from torch import nn

dev = "cuda" if torch.cuda.is_available() else "cpu"

model = nn.Linear(3, 3).to(dev)
x = torch.ones(1, 3, device=dev)
print(model(x))
