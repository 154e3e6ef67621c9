"""A mask that need not be given is compared with a number: what comes out is a mask."""
import torch
from torch import Tensor


def keep_strong(x: Tensor, weights: Tensor = None):
    if weights is None:
        return x
    strong = weights > 0.5
    few = (weights > 0.5).sum(dim=1) < 4
    return x[few.cpu()], strong.to(x.device)


def keep_short(x, lengths=None):
    if lengths is not None:
        short = lengths < 9
        x = x[short.cpu()]
    return x
