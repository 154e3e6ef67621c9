import torch


def soft_clip(x: torch.Tensor, limit: float = 1.0) -> torch.Tensor:
    bound = torch.full((1,), limit, device=x.device)
    return torch.minimum(x, bound)
