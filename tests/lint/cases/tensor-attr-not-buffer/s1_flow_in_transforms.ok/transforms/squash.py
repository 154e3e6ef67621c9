import torch

from .base import Transform


class Squash(Transform):
    """A step of a flow, not of a data set."""

    def __init__(self, temperature=1.0):
        super().__init__()
        self.register_buffer("temperature", torch.Tensor([temperature]))

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(self.temperature * inputs)
