"""A decorator that hands other tensors on than those that it is called with."""
import functools

import torch
from torch import nn


def on_host(method):
    @functools.wraps(method)
    def run(self, signal):
        result = method(self, signal.detach().cpu())
        return result.to(signal.device)

    return run


def of_rows(method):
    def run(self, rows):
        return [method(self, list(row)) for row in rows]

    return run


class Meter(nn.Module):
    @on_host
    def forward(self, signal):
        return signal * torch.linspace(0, 1, 256)

    @on_host
    def level(self, signal: torch.Tensor):
        return torch.cat([signal, torch.zeros(64)])

    @of_rows
    def sums(self, row):
        return torch.tensor(row) + torch.zeros(3)
