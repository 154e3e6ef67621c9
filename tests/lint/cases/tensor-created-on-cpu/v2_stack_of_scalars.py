import torch


def with_total(losses: torch.Tensor):
    """stack ends in cat, which wants one device, of single numbers too."""
    parts = [losses.sum(), torch.tensor(0.0)]  # BUG: tensor-created-on-cpu
    return torch.stack(parts)


def totals(weights: torch.Tensor, at):
    rows = torch.tensor(at)  # BUG: tensor-created-on-cpu
    return weights.gather(0, rows)
