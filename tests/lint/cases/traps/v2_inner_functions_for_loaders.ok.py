import torch
from torch.utils.data import DataLoader


def make_loader(data, width):
    """A collate function that is defined inside works on the CPU, by contract."""

    def collate_fn(samples):
        x = torch.stack([s[0] for s in samples])
        return torch.cat([x, torch.zeros(len(samples), width)], dim=1)

    return DataLoader(data, collate_fn=collate_fn)


def caller_that_is_read():
    def double(x):
        return x * torch.ones(3)

    return double(torch.zeros(3))
