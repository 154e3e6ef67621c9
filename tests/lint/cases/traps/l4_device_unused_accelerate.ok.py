import torch
from accelerate import Accelerator
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
accelerator = Accelerator()
model = nn.Linear(4, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
loader = DataLoader(TensorDataset(torch.randn(8, 4)), batch_size=4)
model, opt, loader = accelerator.prepare(model, opt, loader)
for (x,) in loader:
    loss = model(x).sum()
    accelerator.backward(loss)
    opt.step()
