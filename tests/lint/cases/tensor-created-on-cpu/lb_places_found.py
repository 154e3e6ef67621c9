"""A table on the CPU cannot be read or written at places that were found on a GPU."""
import torch


def first_hits(labels: torch.Tensor, wanted, n_columns):
    hits = torch.zeros(labels.size(0), n_columns, dtype=torch.bool)  # BUG: tensor-created-on-cpu
    for value in wanted:
        rows = torch.where(labels == value)[0]
        hits[rows, 0] = True
    return hits


def look_up(scores: torch.Tensor, names):
    costs = torch.linspace(0.0, 1.0, len(names))  # BUG: tensor-created-on-cpu
    best = torch.flatten(scores.argmax(dim=-1))
    return costs[best].mean()


def kept(mask: torch.Tensor):
    index = torch.arange(mask.numel())  # BUG: tensor-created-on-cpu
    return index[mask.flatten().nonzero(as_tuple=True)[0]]
