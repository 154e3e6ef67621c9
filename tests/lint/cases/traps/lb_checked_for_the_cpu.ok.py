"""Functions that insist on the CPU, or that mend what is apart."""
import torch


def host_only(x: torch.Tensor):
    assert x.device.type == "cpu"
    return x + torch.ones(3)


def host_only_too(x: torch.Tensor):
    if x.is_cuda:
        raise ValueError("on the CPU only")
    return x * torch.arange(4)


def host_by_name(x: torch.Tensor):
    assert x.device == torch.device("cpu")
    return x - torch.zeros(2)


def mended(x: torch.Tensor, y: torch.Tensor):
    ones = torch.ones(3)
    if ones.device != x.device:
        ones = ones.to(x.device)
    if x.device != y.device:
        y = y.to(x.device)
    return x + y + ones
