# A framework places what it prepares, also a network that was not read.
import torch
from accelerate import Accelerator
from layers import Linear
from torch.utils.data import DataLoader, TensorDataset

accelerator = Accelerator()
model = Linear(4, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
loader = DataLoader(TensorDataset(torch.randn(8, 4)), batch_size=4)
model, opt, loader = accelerator.prepare(model, opt, loader)
for (x,) in loader:
    loss = model(x).sum()
    accelerator.backward(loss)
