import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

device = torch.device("cuda:0")
model = nn.Linear(6, 2).to(device)
for x, y in DataLoader(TensorDataset(torch.randn(12, 6), torch.randint(0, 2, (12,))), batch_size=4):
    x.to(device), y.to(device)  # BUG: discarded-to-result
    nn.functional.cross_entropy(model(x), y).backward()
