import torch
from torch.utils.data import DataLoader, TensorDataset

pairs = TensorDataset(torch.arange(10.0), torch.arange(10))
for value, index in DataLoader(pairs, batch_size=5, num_workers=0):
    print(value, index)
