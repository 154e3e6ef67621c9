# A layer hands over its parameters while it is made, on the CPU; they go along when it is moved, the sample does not.
import torch
from torch import Tensor


class Posterior:
    def __init__(self, mu: Tensor, rho: Tensor):
        self.mu = mu
        self.rho = rho

    def sample(self) -> Tensor:
        noise = torch.randn(self.rho.size())  # BUG: tensor-created-on-cpu
        return self.mu + torch.log1p(torch.exp(self.rho)) * noise
