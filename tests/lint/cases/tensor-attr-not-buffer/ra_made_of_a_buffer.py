"""What was made of a tensor that is registered is no buffer itself."""
import torch
import torch.nn as nn


class Chain(nn.Module):
    def __init__(self, denoiser, steps):
        super().__init__()
        self.denoiser = denoiser
        rates = torch.linspace(1e-4, 0.02, steps)
        self.register_buffer("rates", rates)
        self.spread = rates * (1 - rates)  # BUG: tensor-attr-not-buffer

    def backwards(self, x, t):
        mean = x - self.rates[t][:, None] * self.denoiser(x, t)
        return mean + self.spread[t][:, None].sqrt() * torch.randn_like(x)
