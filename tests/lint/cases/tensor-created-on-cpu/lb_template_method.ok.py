"""Base classes whose forward or loss others write: what the steps around them make must be where the data is."""
import abc

import torch
from torch import nn


class Regressor(nn.Module):
    def __init__(self, signs):
        super().__init__()
        self.signs = signs

    def forward(self, inputs):
        raise NotImplementedError("subclasses write this")

    def slope_penalty(self, inputs):
        inputs["x"].requires_grad_(True)
        outputs = self(inputs)
        slopes = torch.autograd.grad(outputs=outputs, inputs=inputs["x"], grad_outputs=torch.ones_like(outputs))[0]
        signs = torch.tensor([float(s) for s in self.signs], device=slopes.device)
        return (slopes * signs).clamp_max(0).mean()


class MaskedLoss(nn.Module, metaclass=abc.ABCMeta):
    @abc.abstractmethod
    def pointwise(self, guess: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
        """one number per step"""

    def forward(self, guess: torch.Tensor, truth: torch.Tensor, lengths):
        losses = self.pointwise(guess, truth)
        steps = torch.arange(truth.size(1), device=truth.device)
        mask = steps.unsqueeze(0) >= torch.as_tensor([truth.size(1)], device=truth.device).unsqueeze(-1)
        return losses.masked_fill(mask, 0.0).sum()


class MaskedHuber(MaskedLoss):
    def pointwise(self, guess: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
        return nn.functional.smooth_l1_loss(guess, truth, reduction="none")
