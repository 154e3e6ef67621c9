# A class that nobody here makes, and whose methods others seem to call: its constructor is called by others alone.
import torch
from torch import Tensor


class Spline:
    def __init__(self, knots: Tensor, with_ends: bool = False):
        self.steps = knots[..., 1:] - knots[..., :-1]
        self.ends = None
        if with_ends:
            outer = torch.tensor([0.0, 1.0])  # BUG: tensor-created-on-cpu
            self.ends = self.lay(outer, knots)

    @staticmethod
    def lay(at, knots):
        return at.unsqueeze(-1) * knots

    def value(self, at):
        return self.lay(at, self.steps)


def draw(curve, at):
    return curve.value(at)
