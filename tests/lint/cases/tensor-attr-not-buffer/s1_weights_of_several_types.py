from typing import Any, List, Optional, Union

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class _Loss(nn.Module):
    def __init__(self, weight: Optional[Union[float, List[float], Tensor]] = None, reduction="mean"):
        super().__init__()
        if isinstance(weight, (float, int)):
            self.weight = torch.Tensor([weight, 1 - weight])  # BUG: tensor-attr-not-buffer
        elif isinstance(weight, list):
            self.weight = torch.Tensor(weight)  # BUG? tensor-attr-not-buffer
        else:
            self.weight = weight
        self.reduction = reduction


class FocalLoss(_Loss):
    def __init__(self, gamma: float = 2.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.gamma = gamma

    def forward(self, x: Tensor, target: Tensor) -> Tensor:
        logp = F.log_softmax(x, dim=1)
        if self.weight is not None:
            logp = logp * self.weight.view(1, -1)
        return F.nll_loss(logp, target, reduction=self.reduction)


class Grid(nn.Module):
    def __init__(self, size, scale=1.0):
        super().__init__()
        self.offsets = torch.arange(size) * scale  # BUG: tensor-attr-not-buffer


class Decoder(Grid):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.conv = nn.Conv2d(3, 3, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x) + self.offsets
