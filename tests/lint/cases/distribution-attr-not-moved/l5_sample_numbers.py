import torch
import torch.nn as nn


class Encoder(nn.Module):
    def __init__(self, latent):
        super().__init__()
        self.mu = nn.Linear(512, latent)
        self.sigma = nn.Linear(512, latent)
        self.N = torch.distributions.Normal(0, 1)  # BUG: distribution-attr-not-moved
        self.kl = 0

    def forward(self, x):
        mu = self.mu(x)
        sigma = torch.exp(self.sigma(x))
        z = mu + sigma * self.N.sample(mu.shape)
        return z
