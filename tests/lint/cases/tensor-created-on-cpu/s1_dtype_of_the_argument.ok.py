import torch


def drop_path(inputs, p, training):
    """Stochastic depth."""
    if not training:
        return inputs
    n = inputs.shape[0]
    keep = 1 - p
    mask = keep
    mask += torch.rand([n, 1, 1, 1], dtype=inputs.dtype, device=inputs.device)
    return inputs / keep * torch.floor(mask)


def causal(scores):
    n = scores.shape[-1]
    fill = torch.full((n, n), float("-inf"), dtype=scores.dtype, device=scores.device)
    return scores + torch.triu(fill, diagonal=1)


def finish(logits):
    ones = torch.ones(logits.shape[-1], device=logits.device)
    allowed = torch.zeros(1, device=logits.device)
    return logits * ones + allowed
