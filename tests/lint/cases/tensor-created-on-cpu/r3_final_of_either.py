from abc import abstractmethod

try:
    from typing import final
except ImportError:

    def final(f):
        return f


import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, one_hot
from typing_extensions import override


class Loss(nn.Module):
    @final
    def forward(self, guess: Tensor, target: Tensor) -> Tensor:
        return torch.mean(self.elements(guess, target))

    @abstractmethod
    def elements(self, guess: Tensor, target: Tensor) -> Tensor:
        """One for each."""


class Kinds(Loss):
    @override
    def elements(self, guess: Tensor, target: Tensor) -> Tensor:
        number = {11: 0, 13: 1, 15: 2}
        kinds = torch.tensor([number[abs(int(t))] for t in target])  # BUG: tensor-created-on-cpu
        return cross_entropy(guess.float(), one_hot(kinds, 3).float(), reduction="none")
