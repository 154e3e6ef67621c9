"""The function that makes the window is chosen by its name, or handed over."""
import torch
from torch import nn


def magnitude(wave, size, hop, window):
    frames = torch.stft(wave, size, hop, size, window, return_complex=True)
    return frames.abs()


class Spectrum(nn.Module):
    def __init__(self, size, window="hann_window"):
        super().__init__()
        self.size = size
        self.register_buffer("window", getattr(torch, window)(size))

    def forward(self, wave):
        return magnitude(wave, self.size, self.size // 4, self.window)


class Spectra(nn.Module):
    def __init__(self, sizes=(512, 1024), window: str = "hamming_window"):
        super().__init__()
        self.parts = nn.ModuleList([Spectrum(size, window) for size in sizes])

    def forward(self, wave):
        return sum(part(wave).mean() for part in self.parts)


class ByTable(nn.Module):
    def __init__(self, size, name="blackman"):
        super().__init__()
        self.size = size
        self.register_buffer("taper", torch.signal.windows.__dict__[name](size))

    def forward(self, wave):
        return wave.unfold(-1, self.size, self.size) * self.taper


class ByFunction(nn.Module):
    def __init__(self, size, window_fn=torch.hann_window):
        super().__init__()
        self.size = size
        self.register_buffer("taper", window_fn(size))

    def forward(self, wave):
        return wave.unfold(-1, self.size, self.size) * self.taper
