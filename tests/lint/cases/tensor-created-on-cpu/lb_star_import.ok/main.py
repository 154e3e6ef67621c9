"""A star import hides no builtins: super, len and object are what they were."""
from common import *
from plot_helpers import *


class Noisy(object):
    def __init__(self, mean: Tensor, spread: Tensor):
        super().__init__()
        self.mean = mean
        self.spread = spread
        self.unit = Normal(0, 1)

    @property
    def scale(self):
        return torch.log1p(torch.exp(self.spread))

    def draw(self):
        noise = self.unit.sample(self.spread.size()).to(self.spread.device)
        return self.mean + self.scale * noise


def weigh_layers(layers: List[Tensor], reference: Tensor):
    ramp = torch.arange(len(layers), device=reference.device)
    return reference * ramp
