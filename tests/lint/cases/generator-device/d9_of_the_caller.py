import torch


class Sampler:
    def __init__(self, net, device="cuda", seed=0):
        self.net = net
        self.device = device
        self.rng = torch.Generator(device=device).manual_seed(seed)

    def start(self, n):
        return torch.randn((n, 3, 32, 32), generator=self.rng)  # BUG: generator-device


def shuffled(x, device):
    rng = torch.Generator(device)
    order = torch.randperm(100, generator=rng)  # BUG: generator-device
    return x[order]


def initial_noise(shape, device, seed):
    rng = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=rng, device=device)  # BUG: generator-device
