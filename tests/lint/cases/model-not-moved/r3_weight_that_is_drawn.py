import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Normal

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Drawn(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.mean = nn.Parameter(torch.zeros(n, n))
        self.spread = nn.Parameter(torch.ones(n, n))

    def forward(self, x):
        weight = Normal(self.mean, F.softplus(self.spread)).rsample()
        return F.linear(x, weight)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = Drawn(4)

    def forward(self, x):
        return self.first(x)


net = Net()  # BUG: model-not-moved
x = torch.randn(3, 4).to(device)
loss = net(x).sum()
loss.backward()
