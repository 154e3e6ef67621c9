"""A module's constructor computes with a tensor that it is given; at that time both are on the CPU, and what it keeps is moved at use."""
import torch
from torch import nn


def directions():
    return torch.stack([torch.cos(torch.linspace(0, 6, 36)), torch.sin(torch.linspace(0, 6, 36)), torch.zeros(36)], dim=1)


def delays(where, microphones, rate):
    return rate / 343.0 * torch.matmul(where, microphones.transpose(0, 1))


class Localizer(nn.Module):
    def __init__(self, microphones, rate=16000):
        super().__init__()
        self.where = directions()
        self.delays = delays(self.where, microphones, rate)

    def forward(self, spectrum):
        power = spectrum @ self.delays.to(spectrum.device).t()
        return self.where.to(spectrum.device)[power.argmax(dim=-1)]
