"""A distribution keeps the tensors that the buffers were when it was made."""
import torch
import torch.nn as nn
from torch import distributions


class Prior(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.register_buffer("loc", torch.zeros(n))
        self.register_buffer("cov", torch.eye(n))
        self.noise = distributions.Normal(0, 1)

    @property
    def around(self):
        return distributions.MultivariateNormal(self.loc, self.cov)

    def log_noise(self, u: torch.Tensor):
        return self.noise.log_prob(u)

    def log_prob(self, u: torch.Tensor):
        return self.around.log_prob(u)


class Head(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.mean = nn.Parameter(torch.zeros(n))

    @property
    def spread(self):
        return distributions.Normal(self.mean, 1.0)

    def forward(self, x):
        return x + self.spread.sample((x.shape[0],))
