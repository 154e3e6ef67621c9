import torch
from torch import nn


class Schedule(nn.Module):
    def __init__(self, steps, dim):
        super().__init__()
        self.proj = nn.Linear(dim, dim)
        self.sigmas = []  # BUG: buffer-aliased-in-list
        for i in range(steps):
            sigma = torch.full((dim,), float(i))
            self.register_buffer(f"sigma_{i}", sigma)
            self.sigmas.append(sigma)

    def forward(self, x, i):
        return self.proj(x) / self.sigmas[i]
