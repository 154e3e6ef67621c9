import torch


def volume():
    shape = (64, 64, 64, 32)
    return torch.rand(*shape)
