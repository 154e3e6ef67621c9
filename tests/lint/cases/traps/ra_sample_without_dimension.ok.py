"""A sample of a distribution that has no dimension is a number, and goes anywhere; so does one class out of several."""
import torch
from torch.distributions import Beta, Categorical, Normal


def mix(x: torch.Tensor, y: torch.Tensor):
    share = Beta(torch.tensor(0.4), torch.tensor(0.4)).sample()
    return share * x + (1 - share) * y


def shift(x: torch.Tensor):
    return x + Normal(torch.tensor(0.0), torch.tensor(1.0)).rsample(())


def choose(x: torch.Tensor):
    return x * Categorical(torch.ones(4)).sample()
