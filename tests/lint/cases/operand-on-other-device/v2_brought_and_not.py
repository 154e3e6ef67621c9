import torch


def drift(weights: torch.Tensor):
    before = weights.view(-1).cpu()
    return torch.dot(before, weights.view(-1))  # BUG: operand-on-other-device
