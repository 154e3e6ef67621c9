import abc

import torch


class Sampler(abc.ABC):
    @abc.abstractmethod
    def draw(self, n, device):
        ...

    def prepare(self, device):
        raise NotImplementedError


class Cpu(Sampler):
    def draw(self, n, device):
        return torch.rand(n)


def collate(batch, device):
    return torch.stack(batch)


def numbers(n, device):
    return torch.arange(n).tolist()


def count(n, device):
    x = torch.ones(n)
    return x.sum().item()


def like(x, device):
    return torch.zeros_like(x) + x.new_ones(3)


def moved(x, device):
    return torch.zeros(3).to(x.device)


def forwarded(n, device):
    kwargs = dict(locals())
    return torch.zeros(n), kwargs


def dropped(n, device):
    del device
    return torch.zeros(n)


def nested(n, device):
    def inner():
        return torch.zeros(n, device=device)

    return torch.ones(n), inner


def fixed(n, device=None):
    return torch.zeros(n, device="cpu")


def silenced(n, device):  # noqa: ARG001
    return torch.zeros(n)
