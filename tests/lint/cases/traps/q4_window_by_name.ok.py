"""Windows by name that are where the signal is, and names that the code has ruled out."""
import torch
from torch import nn


class Frames(nn.Module):
    def __init__(self, size, window="hann_window"):
        super().__init__()
        self.size = size
        if window == "hann_window":
            self.register_buffer("window", torch.hann_window(size))
        else:
            self.window = nn.Parameter(getattr(torch, window)(size))

    def forward(self, wave):
        return wave.unfold(-1, self.size, self.size) * self.window


class Named(nn.Module):
    def __init__(self, size, window="hann_window"):
        super().__init__()
        self.size = size
        self.make = getattr(torch, window)

    def forward(self, wave):
        return wave.unfold(-1, self.size, self.size) * self.make(self.size, device=wave.device)


class Attribute(nn.Module):
    def __init__(self, kind="zeros", places=None):
        super().__init__()
        if kind != "zeros":
            self.start = getattr(torch, kind)(4)
        self.places = places
        self.kind = kind

    def forward(self, x):
        if self.kind == "zeros":
            return x
        return x.cpu() + self.start


class Given(nn.Module):
    def __init__(self, size, noise=torch.randn_like, norm=nn.LayerNorm):
        super().__init__()
        self.noise = noise
        self.norm = norm(size)

    def forward(self, x):
        return self.norm(x + self.noise(x))
