import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
n_gpus = torch.cuda.device_count()
net = nn.Sequential(nn.Linear(6, 12), nn.Tanh(), nn.Linear(12, 2))
if n_gpus > 1:
    print("on", n_gpus, "GPUs")
    net = nn.DataParallel(net).to(device)
else:
    net = net.to(device)
rows = TensorDataset(torch.randn(40, 6), torch.randint(0, 2, (40,)))
for features, answer in DataLoader(rows, batch_size=8):
    guess = net(features.to(device))
    print(nn.functional.cross_entropy(guess, answer.to(device)).item())
