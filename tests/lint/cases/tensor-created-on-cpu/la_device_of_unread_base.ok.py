import torch
from toolbox.agents import Agent


class Walker(Agent):
    def noise_of(self, n):
        angles = torch.linspace(0, 1, n, device=self.device)
        jitter = torch.randn(n, device=self.device)
        return angles + jitter

    def picked(self, n):
        # What is only read, or indexes, may lie anywhere.
        order = torch.randperm(n)
        return torch.linspace(0, 1, n, device=self.device)[order], order.tolist()
