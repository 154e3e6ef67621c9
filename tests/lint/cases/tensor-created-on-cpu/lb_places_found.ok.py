"""A table on the CPU cannot be read or written at places that were found on a GPU."""
import torch


def first_hits(labels: torch.Tensor, wanted, n_columns):
    hits = torch.zeros(labels.size(0), n_columns, dtype=torch.bool, device=labels.device)
    for value in wanted:
        rows = torch.where(labels == value)[0]
        hits[rows, 0] = True
    return hits


def look_up(scores: torch.Tensor, names):
    costs = torch.linspace(0.0, 1.0, len(names), device=scores.device)
    best = torch.flatten(scores.argmax(dim=-1))
    return costs[best].mean()


def kept(mask: torch.Tensor):
    index = torch.arange(mask.numel(), device=mask.device)
    return index[mask.flatten().nonzero(as_tuple=True)[0]]
