import torch


def shifted(x: torch.Tensor, by):
    """Elementwise operations take a 0-dim tensor of the CPU, and nobody knows what `by` is."""
    offset = torch.tensor(by)
    return torch.where(x > 0, x + torch.tensor(1.0), x.clamp(max=torch.tensor(0.5))) + offset.sum()
