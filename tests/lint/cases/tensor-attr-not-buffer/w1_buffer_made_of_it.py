import torch
from torch import nn


class Diffusion(nn.Module):
    def __init__(self, network, n=1000):
        super().__init__()
        self.network = network
        self.beta = torch.linspace(1e-4, 0.02, n)  # BUG: tensor-attr-not-buffer
        alpha = 1 - self.beta
        self.register_buffer("alpha", alpha.cumprod(0))

    def sample(self, x):
        times = torch.full((x.size(0),), 3, dtype=torch.long, device=x.device)
        return x / self.alpha[times] + self.beta[times]


diffusion = Diffusion(nn.Linear(3, 3)).to("cuda")
print(diffusion.sample(torch.randn(4, device="cuda")))
