# The same, made where the tensor is.
import torch
from torch import Tensor


def drop_some(scores: Tensor, rate: float) -> Tensor:
    positive = scores > 0
    noise = torch.rand(int(positive.sum()), device=scores.device)
    scores[positive] = noise * rate
    return scores


def repair(values: Tensor) -> Tensor:
    broken = torch.isnan(values) | torch.isinf(values)
    kept = ~broken.clone()
    fill = torch.full((int(kept.sum()),), 0.5, device=values.device)
    values[kept] = fill
    return values


def picked(values: Tensor, chosen: torch.BoolTensor) -> Tensor:
    weights = torch.linspace(0, 1, 8, device=values.device)
    return values[chosen] * weights
