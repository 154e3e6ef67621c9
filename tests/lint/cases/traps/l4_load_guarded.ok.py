import torch


def a(path):
    if torch.cuda.is_available():
        return torch.load(path)
    return torch.load(path, map_location="cpu")


def b(path, **kwargs):
    return torch.load(path, **kwargs)


def c(path):
    return torch.load(path, lambda storage, loc: storage)


def d(path):
    return torch.jit.load(path)
