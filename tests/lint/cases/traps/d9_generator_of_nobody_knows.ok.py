"""Where these generators are is not known, or the draw is on the CPU by contract."""
import torch

from settings import place


def draw(n):
    rng = torch.Generator(device=place())
    return torch.randn(n, generator=rng, device="cuda"), torch.randn(n, generator=rng)


def given(n, rng):
    return torch.randn(n, generator=rng)


def one_of(n, device, on_host):
    where = "cpu" if on_host else device
    rng = torch.Generator(device=where)
    return torch.randn(n, generator=rng, device=where)


def on_the_host(n, device):
    if device == "cpu":
        rng = torch.Generator(device=device)
        return torch.randn(n, generator=rng)
    return torch.randn(n, device=device)


class Crops(torch.utils.data.Dataset):
    def __init__(self, images, device="cpu"):
        self.images = images
        self.rng = torch.Generator(device=device)

    def __len__(self):
        return len(self.images)

    def __getitem__(self, i):
        return self.images[i] + torch.randn(3, generator=self.rng)
