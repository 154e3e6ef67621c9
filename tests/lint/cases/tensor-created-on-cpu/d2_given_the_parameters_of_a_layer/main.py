import torch
from posterior import Posterior
from torch import nn


class BayesianLinear(nn.Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.mu = nn.Parameter(torch.zeros(n_out, n_in))
        self.rho = nn.Parameter(torch.full((n_out, n_in), -5.0))
        self.posterior = Posterior(self.mu, self.rho)

    def forward(self, x):
        return nn.functional.linear(x, self.mu)
