import random

import torch


def add_noise(data: torch.Tensor, variance) -> torch.Tensor:
    noise = torch.normal(0, random.uniform(*variance), size=data.shape)
    return torch.sqrt((data + noise) ** 2)
