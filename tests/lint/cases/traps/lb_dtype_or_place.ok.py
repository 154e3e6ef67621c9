"""What .to() is given may be a device too; max() of tensors is one of them."""
import torch


def aligned(x: torch.Tensor, like):
    return x + torch.ones(3).to(like)


def placed(x: torch.Tensor, where, dtype=None):
    return x + torch.ones(3).to(where, dtype)


def both(x: torch.Tensor, dtype: torch.dtype):
    return x + torch.ones(3).to(x.device, dtype) + torch.ones(3).to(device=x.device, dtype=x.dtype)


def larger(x: torch.Tensor, y: torch.Tensor):
    return max(x, y) + abs(x) + min([x, y], key=lambda t: float(t.sum()))


def options(x: torch.Tensor):
    how = {"device": x.device, "dtype": x.dtype}
    return x + torch.zeros(3, **how) + torch.zeros(4)[:3].to(**how)
