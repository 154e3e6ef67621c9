# Functions behind decorators that were not read, and what is made of a tensor that is on the CPU on one way.
import torch
from graphs import Base, final, keep_config
from torch import Tensor, nn
from torch.nn.functional import one_hot


@final
def shift(x: Tensor):
    return x + torch.ones(3)  # BUG: tensor-created-on-cpu


class Scale(nn.Module):
    @final
    def forward(self, x):
        return x * torch.arange(3)  # BUG: tensor-created-on-cpu


class Loss(Base):
    @final
    def forward(self, guess: Tensor, target: Tensor):
        return self.elements(guess, target).mean()

    def elements(self, guess: Tensor, target: Tensor) -> Tensor:
        """For others to write."""


class Classes(Loss):
    @keep_config
    def __init__(self, options):
        super().__init__()
        self.options = options

    def elements(self, guess: Tensor, target: Tensor) -> Tensor:
        if isinstance(self.options, list):
            numbers = torch.tensor([self.options.index(t) for t in target])  # BUG: tensor-created-on-cpu
        else:
            numbers = target
        wanted = one_hot(numbers, 3)
        return nn.CrossEntropyLoss(reduction="none")(guess.float(), wanted.float())
