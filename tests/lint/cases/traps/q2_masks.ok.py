# Copies from the CPU that torch makes itself: one element behind a mask, a slice, a place of an index that is a number.
import torch
from torch import Tensor


def clear(x: Tensor) -> Tensor:
    negative = x < 0
    x[negative] = torch.tensor([0.0])
    x[~negative] = torch.zeros(1)
    x[negative] = torch.tensor(2.0)
    return x


def row(table: Tensor, which: Tensor) -> Tensor:
    table[which] = torch.arange(4.0)
    table[which.long()] = torch.arange(4.0)
    return table


def counted(table: Tensor, seen: Tensor) -> Tensor:
    places = (seen > 0).long()
    table[places] = torch.arange(4.0)
    as_numbers = (seen > 0).to(torch.uint8).sum()
    table[as_numbers] = torch.arange(4.0)
    return table


def numbers(x: Tensor) -> Tensor:
    both = (x > 0) + (x > 1)
    total = (x > 0).float() * 2
    x[total.max()] = torch.arange(3.0)
    return both


def means(x: Tensor) -> Tensor:
    seen = x.detach().cpu() > 0
    kept = torch.zeros(len(x))
    kept[seen] = x.mean()
    return kept
