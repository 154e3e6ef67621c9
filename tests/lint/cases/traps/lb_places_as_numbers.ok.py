"""An index without a dimension is read as a number, and a GPU tensor may be indexed by a list or by a tensor on the CPU."""
import torch


def noise_level(step: torch.Tensor, n):
    betas = torch.linspace(1e-4, 0.02, n)
    return betas[step.max()]


def step_size(betas: torch.Tensor, picked):
    return betas[torch.as_tensor([1, 2, 3])] + betas[torch.where(torch.ones(4) > 0)[0]]


def table_of(step, n):
    betas = torch.linspace(1e-4, 0.02, n)
    return betas[step]


def chosen(a: torch.Tensor, b: torch.Tensor):
    both = torch.where(a > 0, a, b)
    return both[0] + torch.where(a > 0, 1.0, 0.0)
