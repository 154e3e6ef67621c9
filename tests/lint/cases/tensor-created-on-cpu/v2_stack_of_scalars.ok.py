import torch


def with_total(losses: torch.Tensor):
    """stack ends in cat, which wants one device, of single numbers too."""
    parts = [losses.sum(), torch.tensor(0.0, device=losses.device)]
    return torch.stack(parts)


def totals(weights: torch.Tensor, at):
    rows = torch.tensor(at, device=weights.device)
    return weights.gather(0, rows)
