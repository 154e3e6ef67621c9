"""A star may bring no dimension at all, and keywords a device."""
import torch


def scale(hidden: torch.Tensor, size=(), **options):
    one = torch.ones(*size)
    there = torch.ones(3, **options)
    drawn = torch.normal(hidden, 1.0)
    return hidden * one * there + drawn
