import torch


def causal_mask(size, device):  # BUG: device-param-unused
    mask = torch.triu(torch.ones(size, size), diagonal=1)
    return mask.bool()
