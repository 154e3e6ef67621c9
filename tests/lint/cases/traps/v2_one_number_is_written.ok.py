import torch


def first(X: torch.Tensor):
    """X may have one dimension: then X[0] has none, and torch takes it from any device."""
    out = torch.zeros(4)
    at = torch.where(X > 0)[0]
    out[at] = X[0]
    return out.to(X.device)
