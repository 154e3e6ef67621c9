"""Defaults and later operands tell what an argument is."""
import torch


def add_loops(adj):
    return adj + torch.eye(adj.size(0), device=adj.device)


def weigh(logits: torch.Tensor, share=(0.25, 0.75)):
    factor = torch.tensor(share, device=logits.device)
    return logits * factor
