"""A ridge term, a filter bank and a few constants: their shapes are told by diag, expand, einsum and reshape."""
import torch
from torch import nn


class RidgeMixer(nn.Module):
    def __init__(self, width, ridge=1e-3):
        super().__init__()
        self.width = width
        self.ridge = ridge
        self.to_left = nn.Linear(width, width)
        self.to_right = nn.Linear(width, width)

    def forward(self, tokens):
        left, right = self.to_left(tokens), self.to_right(tokens)
        gram = left.transpose(1, 2) @ right
        damping = torch.Tensor([self.ridge] * self.width)  # BUG: tensor-created-on-cpu
        return torch.linalg.inv(gram + torch.diag(damping))


def tile_kernel(image: torch.Tensor):
    taps = torch.tensor([[1.0, 2.0, 1.0]])  # BUG: tensor-created-on-cpu
    kernel = taps.repeat(image.size(1), 1, 1, 1)
    return torch.nn.functional.conv2d(image, kernel, groups=image.size(1))


def spectrum_gap(wave: torch.Tensor):
    reference = torch.fft.rfft(torch.ones(wave.size(-1)))  # BUG: tensor-created-on-cpu
    return (torch.fft.rfft(wave) - reference).abs()


def weigh(scores: torch.Tensor, table):
    weights = torch.einsum("ij,jk->ik", torch.as_tensor([[1.0, 2.0]]), torch.ones(2, 3))  # BUG: tensor-created-on-cpu
    return scores * weights


def regrid(field: torch.Tensor, h, w):
    ramp = torch.linspace(0, 1, h * w)  # BUG: tensor-created-on-cpu
    return field + torch.reshape(ramp, (h, w))
