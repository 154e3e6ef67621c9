# What is written where a mask of booleans is true is no copy: it has to be where the tensor is, however many dimensions that has.
import torch
from torch import Tensor


def drop_some(scores: Tensor, rate: float) -> Tensor:
    positive = scores > 0
    noise = torch.rand(int(positive.sum()))  # BUG: tensor-created-on-cpu
    scores[positive] = noise * rate
    return scores


def repair(values: Tensor) -> Tensor:
    broken = torch.isnan(values) | torch.isinf(values)
    kept = ~broken.clone()
    fill = torch.full((int(kept.sum()),), 0.5)  # BUG: tensor-created-on-cpu
    values[kept] = fill
    return values


def picked(values: Tensor, chosen: torch.BoolTensor) -> Tensor:
    weights = torch.linspace(0, 1, 8)  # BUG: tensor-created-on-cpu
    return values[chosen] * weights
