import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(8, 1)

    def forward(self, x):
        return self.layer(x)


class Trainer:
    def __init__(self, net, device):
        self.net = net
        self.device = device
        self.opt = torch.optim.SGD(net.parameters(), lr=0.1)

    def fit(self, loader):
        for x, y in loader:
            loss = nn.functional.mse_loss(self.net(x), y)
            self.opt.zero_grad()
            loss.backward()
            self.opt.step()
        print("done on", self.device)


loader = DataLoader(TensorDataset(torch.rand(64, 8), torch.rand(64, 1)), batch_size=8)
net = Net()  # BUG: model-not-moved
Trainer(net, torch.device("cuda" if torch.cuda.is_available() else "cpu")).fit(loader)
