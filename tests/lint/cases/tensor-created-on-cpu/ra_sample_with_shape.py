"""A sample has the shape that was asked for, and behind it the dimensions of what the distribution was made of."""
import torch
import torch.distributions as td
from torch.distributions.beta import Beta


def mix(x: torch.Tensor, y: torch.Tensor):
    share = Beta(torch.tensor([0.4]), torch.tensor([0.4])).sample([x.size(0)])  # BUG: tensor-created-on-cpu
    return share * x + (1 - share) * y


def shake(x: torch.Tensor):
    noise = td.Normal(torch.tensor(0.0), torch.tensor(0.1))  # BUG: tensor-created-on-cpu
    return x + noise.rsample(x.shape)


def spread(x: torch.Tensor):
    noise = td.Uniform(torch.zeros(3), torch.ones(3))  # BUG: tensor-created-on-cpu
    return x + noise.sample()
