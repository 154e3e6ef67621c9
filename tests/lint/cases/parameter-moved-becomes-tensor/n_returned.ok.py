"""Moved first, or a tensor or a module promised."""
import torch
from torch import nn
from torch.nn import Parameter


def converted(old: Parameter, tensor: torch.Tensor, device) -> Parameter:
    return Parameter(tensor.to(device=device), requires_grad=old.requires_grad)


def start(n, d, device) -> torch.Tensor:
    return nn.Parameter(torch.zeros(n, d)).to(device)


def layer(n, device) -> nn.Module:
    return nn.Linear(n, n).to(device)
