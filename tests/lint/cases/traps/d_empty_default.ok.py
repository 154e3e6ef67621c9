"""An empty default is a number's shape."""
import torch


def scale(hidden: torch.Tensor, shape=(), factor=()):
    return hidden * torch.ones(shape) * torch.rand(shape)
