# Decorators that were not read and may change what the function is called with, or how.
import torch
from helpers import on_cpu, script, to_tensors
from torch import Tensor


@on_cpu
def shift(x: Tensor):
    return x + torch.ones(3)


@to_tensors(device="cpu")
def scale(x: Tensor):
    return x * torch.ones(3)


@script
def plain(x):
    return x + torch.ones(3)
