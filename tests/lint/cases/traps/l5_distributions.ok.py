import torch
import torch.nn as nn
from torch.distributions import Normal, kl_divergence


class Numbers(nn.Module):
    def __init__(self, z):
        super().__init__()
        self.fc = nn.Linear(z, 2 * z)
        self.prior = Normal(0.0, 1.0)
        self.noise = Normal(torch.tensor(0.0), torch.tensor(1.0))

    def forward(self, x):
        mu, log_sigma = self.fc(x).chunk(2, -1)
        q = Normal(mu, log_sigma.exp())
        lp = self.noise.log_prob(mu)
        return kl_divergence(q, self.prior).sum() + lp.sum()


class Sampled(nn.Module):
    def __init__(self, z):
        super().__init__()
        self.fc = nn.Linear(z, z)
        self.prior = Normal(torch.zeros(z), torch.ones(z))

    def forward(self, x):
        eps = self.prior.sample((x.shape[0],)).to(x.device)
        return self.fc(x) + eps


class OnlyParameters(nn.Module):
    def __init__(self, z):
        super().__init__()
        self.mu = nn.Parameter(torch.zeros(z))

    def forward(self, x):
        self.dist = Normal(self.mu, torch.ones_like(self.mu))
        return self.dist.log_prob(x)
