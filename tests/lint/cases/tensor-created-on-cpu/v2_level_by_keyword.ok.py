import torch


class Sampler:
    def __init__(self, denoiser, device):
        self.model = denoiser
        self.device = device

    def sample(self, n):
        x = torch.randn(n, 3, 8, 8, device=self.device)
        for i in reversed(range(10)):
            t = torch.ones(n, device=x.device) * i
            x = x - self.model(x, noise_level=t)
        return x
