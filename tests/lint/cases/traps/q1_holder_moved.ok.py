"""Objects of classes that were not read: some of their methods may take what they hold to the host."""
import torch


def by_name(sample, length):
    sample.to_host()
    filler = torch.zeros(length, 4)
    return torch.vstack((sample.entries, filler))


def by_argument(sample, length, where):
    sample.settle(where.device)
    return torch.vstack((sample.entries, torch.zeros(length, 4)))


def by_function(sample, length):
    sample.each(torch.Tensor.cpu)
    return torch.vstack((sample.entries, torch.zeros(length, 4)))


def as_rows(table, length):
    rows = table.as_array()
    return rows, torch.vstack((table.entries, torch.zeros(length, 4)))
