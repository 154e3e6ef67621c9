import torch
from torch import nn
import torch.nn.functional as F


class Squash(nn.Module):
    """y = sigmoid(t x) and the logarithm of its derivative."""

    def __init__(self, temperature=1.0, learn=False):
        super().__init__()
        if learn:
            self.temperature = nn.Parameter(torch.Tensor([temperature]))
        else:
            self.register_buffer("temperature", torch.Tensor([temperature]))

    def forward(self, inputs, context=None):
        inputs = self.temperature * inputs
        outputs = torch.sigmoid(inputs)
        return outputs, torch.log(self.temperature) - F.softplus(-inputs) - F.softplus(inputs)


class Normalise(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1))

    def forward(self, images):
        return (images - self.mean) / self.std
