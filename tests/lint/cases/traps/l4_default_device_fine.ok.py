import torch
from torch.utils.data import DataLoader, TensorDataset

torch.set_default_device("cuda")
data = TensorDataset(torch.randn(8, 2))
plain = DataLoader(data, batch_size=2)
ordered = DataLoader(data, batch_size=2, shuffle=False)
torch.set_default_device("cpu")
mixed = DataLoader(data, batch_size=2, shuffle=True)
