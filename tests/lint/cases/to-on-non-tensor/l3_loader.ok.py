import torch
from torch.utils.data import DataLoader, TensorDataset

loader = DataLoader(TensorDataset(torch.rand(8, 2)), batch_size=2)
loader = list(loader)
for (x,) in loader:
    print(x.cuda())
