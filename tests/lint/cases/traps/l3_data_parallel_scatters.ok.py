import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

model = nn.DataParallel(nn.Linear(4, 2)).cuda()
loader = DataLoader(TensorDataset(torch.rand(8, 4), torch.zeros(8).long()), batch_size=4)
for x, y in loader:
    loss = nn.functional.cross_entropy(model(x), y.cuda())
    loss.backward()
