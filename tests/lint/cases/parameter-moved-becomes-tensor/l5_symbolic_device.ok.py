import torch
from torch import nn


class Slots(nn.Module):
    def __init__(self, n_slots, dim, device):
        super().__init__()
        self.device = device
        self.mu = nn.Parameter(torch.randn(1, 1, dim, device=device))
        self.log_sigma = nn.Parameter(torch.zeros(1, 1, dim).to(self.device))
        self.n_slots = n_slots

    def forward(self, x):
        return self.mu + self.log_sigma.exp() * torch.randn_like(x)


dev = torch.device("cuda:0")
slots = Slots(7, 64, dev).to(dev)
