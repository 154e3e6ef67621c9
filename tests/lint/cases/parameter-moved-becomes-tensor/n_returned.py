"""Functions that promise a Parameter and give back a moved one."""
import torch
from torch import nn
from torch.nn import Parameter


def converted(old: Parameter, tensor: torch.Tensor, device) -> Parameter:
    return Parameter(tensor, requires_grad=old.requires_grad).to(device=device)  # BUG: parameter-moved-becomes-tensor


def table(n, d) -> "nn.Parameter":
    return nn.Parameter(torch.zeros(n, d)).cuda()  # BUG: parameter-moved-becomes-tensor
