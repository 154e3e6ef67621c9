"""What has no dimension left may stay on the CPU: torch lets a 0-dim tensor meet any device."""
import torch


def trace_scaled(x: torch.Tensor, size):
    eye = torch.eye(size)
    total = torch.einsum("ii->", eye)
    return x * total


def mean_scaled(x: torch.Tensor):
    middle = torch.ones(4).diag().sum()
    return x / middle


def flattened(x: torch.Tensor):
    one = torch.reshape(torch.ones(1), ())
    return x - one


def viewed(x: torch.Tensor):
    return x + torch.ones(1).view([])


def repeated(x: torch.Tensor):
    return x + torch.tensor(3.0).repeat()
