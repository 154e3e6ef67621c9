import torch
from toolbox.agents import Agent


class Walker(Agent):
    def noise_of(self, n):
        angles = torch.linspace(0, 1, n, device=self.device)
        jitter = torch.randn(n)  # BUG: tensor-created-on-cpu
        return angles + jitter
