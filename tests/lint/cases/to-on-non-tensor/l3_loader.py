import torch
from torch.utils.data import DataLoader, TensorDataset

loader = DataLoader(TensorDataset(torch.rand(8, 2)), batch_size=2)
loader = loader.cuda()  # BUG: to-on-non-tensor
for (x,) in loader:
    print(x.cuda())
