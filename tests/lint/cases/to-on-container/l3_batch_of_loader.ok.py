import torch
from torch.utils.data import DataLoader, TensorDataset

loader = DataLoader(TensorDataset(torch.rand(8, 2), torch.rand(8, 1)), batch_size=2)
model = torch.nn.Linear(2, 1).to("cuda")
for batch in loader:
    batch = [b.to("cuda") for b in batch]
    x, y = batch
    print(model(x) - y)
