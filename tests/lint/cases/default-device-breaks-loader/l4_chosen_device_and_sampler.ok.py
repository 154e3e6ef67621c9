import torch
from torch.utils.data import DataLoader, RandomSampler, TensorDataset

device = "cuda" if torch.cuda.is_available() else "cpu"
torch.set_default_device(device)
points = TensorDataset(torch.rand(50, 2))
order = RandomSampler(points, generator=torch.Generator(device=device))
for (batch,) in DataLoader(points, sampler=order, batch_size=5):
    print(batch.mean())
