import torch
import torch.nn as nn
from torch.utils.data import DataLoader, Dataset


class Pairs(Dataset):
    def __len__(self):
        return 10

    def __getitem__(self, i):
        return {"x": torch.rand(4), "y": torch.rand(1)}


device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
net = nn.Linear(4, 1).to(device)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for batch in DataLoader(Pairs(), batch_size=2):
    x = batch["x"].to(device)
    y = batch["y"]
    opt.zero_grad()
    loss = nn.functional.mse_loss(net(x), y)  # BUG: target-not-moved
    loss.backward()
    opt.step()
