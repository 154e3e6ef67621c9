import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
net = nn.Linear(7, 3).to(device)
rows = DataLoader(TensorDataset(torch.rand(30, 7)), batch_size=10)


def collect():
    found = []
    net.eval()
    with torch.no_grad():
        for (row,) in rows:
            found.append(net(row.to(device)).argmax(dim=1).cpu())
    return np.concatenate(found)


print(collect().shape)
