import torch


def causal_mask(size, device):
    mask = torch.triu(torch.ones(size, size, device=device), diagonal=1)
    return mask.bool()
