import torch
from torch import nn
from torch import distributions as td


class Density(nn.Module):
    def __init__(self, z):
        super().__init__()
        self.fc = nn.Linear(z, z)
        self.prior = td.Normal(loc=0.0, scale=1.0)

    def forward(self, x):
        return self.prior.log_prob(self.fc(x)).sum(-1)
