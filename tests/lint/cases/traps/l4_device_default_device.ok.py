import torch
from torch import nn

device = "cuda" if torch.cuda.is_available() else "cpu"
torch.set_default_device("cuda" if torch.cuda.is_available() else "cpu")
model = nn.Linear(3, 3)
model(torch.ones(2, 3)).sum().backward()
