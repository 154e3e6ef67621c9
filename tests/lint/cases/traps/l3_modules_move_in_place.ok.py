import torch
from torch import nn

device = "cuda" if torch.cuda.is_available() else "cpu"
model = nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3))
model.to(device)
criterion = nn.CrossEntropyLoss(weight=torch.ones(3))
criterion.to(device)
x = torch.rand(4, 3).to(device)
y = torch.zeros(4, dtype=torch.long, device=device)
criterion(model(x), y).backward()
