import torch
from torch import nn
from torch.distributions import Normal


class Actor(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.net = nn.Linear(width, width)
        self.log_std = nn.Parameter(torch.zeros(width, width))
        self.noise = torch.zeros(width, width)

    def sample(self):
        self.noise = Normal(torch.zeros_like(self.log_std), self.log_std.exp()).rsample()

    def forward(self, seen):
        return self.net(seen) + torch.mm(seen, self.noise)


class Policy(nn.Module):
    def __init__(self, width, device):
        super().__init__()
        self.actor = Actor(width).to(device)

    def forward(self, seen):
        return self.actor(seen)
