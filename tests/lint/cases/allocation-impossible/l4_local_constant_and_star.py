import torch


def volume():
    shape = (4096, 4096, 4096, 32)
    return torch.rand(*shape)  # BUG: allocation-impossible
