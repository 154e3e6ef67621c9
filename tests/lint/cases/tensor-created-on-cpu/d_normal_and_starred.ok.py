"""Noise of torch.normal, and shapes with a star."""
import torch


def shake(hidden: torch.Tensor):
    noise = torch.normal(0.0, 0.1, size=(hidden.size(-1),), device=hidden.device)
    return hidden + noise


def shake_around(hidden: torch.Tensor, n: int):
    noise = torch.normal(hidden.new_zeros(n), 0.1)
    return hidden + noise


def pad_front(frames: torch.Tensor):
    empty = torch.zeros(3, *frames.shape[1:], device=frames.device)
    return torch.cat([empty, frames])
