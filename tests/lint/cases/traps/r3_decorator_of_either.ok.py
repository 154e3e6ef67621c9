try:
    from somewhere import moved
except ImportError:

    def moved(f):
        return f


import torch


@moved
def shifted(x: torch.Tensor):
    return x + torch.ones(3)
