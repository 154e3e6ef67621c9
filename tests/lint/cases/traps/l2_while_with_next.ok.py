import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

device = torch.device("cuda")
net = nn.Linear(2, 2).to(device)
loader = DataLoader(TensorDataset(torch.rand(9, 2)), batch_size=3)
source = iter(loader)
step = 0
while step < 20:
    try:
        (x,) = next(source)
    except StopIteration:
        source = iter(loader)
        (x,) = next(source)
    net(x.to(device))
    step += 1
