# The fields of a dataclass are its constructor's arguments; their annotations tell that they are tensors.
import torch
from dataclasses import dataclass, field
from torch import Tensor


@dataclass
class Boxes:
    corners: Tensor
    labels: list = field(default_factory=list)

    def scaled(self):
        size = torch.tensor([2.0, 2.0, 1.0, 1.0], device=self.corners.device)
        return self.corners * size


@dataclass
class Rays:
    origins: torch.Tensor
    near: float = 0.1

    def __post_init__(self):
        steps = torch.linspace(0, 1, 3, device=self.origins.device)
        self.points = self.origins + steps
