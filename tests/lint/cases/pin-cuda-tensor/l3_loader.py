import torch
from torch.utils.data import DataLoader, TensorDataset

x = torch.rand(100, 4).cuda()
y = torch.rand(100, 1).cuda()
loader = DataLoader(TensorDataset(x, y), batch_size=10, pin_memory=True)  # BUG: pin-cuda-tensor
for a, b in loader:
    print(a.sum() + b.sum())
