"""Who takes a maximum over dimension 1 has two dimensions: what is left has one, and is no number where it is an index."""
import torch


def overlap(scores: torch.Tensor, classes: int):
    table = torch.eye(classes, device=scores.device)
    return table[scores.argmax(dim=1)].sum(0)


def colours(maps: torch.Tensor):
    palette = torch.rand(21, 3, device=maps.device)
    return palette[torch.argmax(maps, 1)]


def first_of_all(volume: torch.Tensor):
    weights = torch.rand(8, device=volume.device)
    return weights[volume.mean(dim=(2, 3)).long()]
