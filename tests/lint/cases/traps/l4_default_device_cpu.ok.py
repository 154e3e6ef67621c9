import torch
from torch.utils.data import DataLoader

torch.set_default_device("cpu")
for x in DataLoader(list(range(8)), shuffle=True):
    print(x)
