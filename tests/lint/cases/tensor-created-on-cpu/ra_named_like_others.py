"""self.noise.sample() calls no method of this class, `loss = ...` no self.loss(): sample() and loss() are for callers."""
import torch
import torch.nn as nn
from torch import distributions


class Sampler(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.scale = nn.Linear(n, n)
        self.noise = distributions.Normal(0, 1)

    def forward(self, x):
        loss = self.scale(x) * self.noise.sample(())
        return loss

    def sample(self, like: torch.Tensor):
        return like + torch.randn(like.shape[0], 1)  # BUG: tensor-created-on-cpu

    def loss(self, guess: torch.Tensor):
        return (guess - torch.ones(guess.shape[0], 1)).abs().mean()  # BUG: tensor-created-on-cpu
