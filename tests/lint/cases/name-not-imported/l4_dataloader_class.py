import torch
from torch.utils.data import TensorDataset

pairs = TensorDataset(torch.arange(10.0), torch.arange(10))
for value, index in DataLoader(pairs, batch_size=5, num_workers=0):  # BUG: name-not-imported
    print(value, index)
