import torch
from torch import nn
from torch import distributions as td


class Density(nn.Module):
    def __init__(self, z):
        super().__init__()
        self.fc = nn.Linear(z, z)
        self.prior = td.Independent(td.Normal(loc=torch.zeros(z), scale=torch.ones(z)), 1)  # BUG: distribution-attr-not-moved

    def forward(self, x):
        return self.prior.log_prob(self.fc(x))
