"""Networks of callers, which nothing here says to be on a GPU, or which were taken back."""
import numpy as np
import torch
from torch import Tensor, nn


class Plot:
    def __init__(self, model: nn.Module):
        self.model = model

    def line(self, x: Tensor):
        return self.model(x).detach().numpy()


def curve(net: nn.Module, x: Tensor) -> np.ndarray:
    return net(x).detach().numpy()


def fit(encoder: nn.Module, loader, device):
    encoder.to(device)
    for x in loader:
        encoder(x.to(device)).sum().backward()
    return encoder


def embed(encoder: nn.Module, x: Tensor):
    encoder = encoder.cpu()
    return encoder(x).detach().numpy()


class Served:
    def __init__(self, policy, device):
        self.policy = policy
        self.device = device

    def load(self, path):
        self.policy.load_state_dict(torch.load(path, map_location="cpu"))
        self.policy.to("cpu")

    def act(self, observation: Tensor):
        return self.policy(observation).detach().numpy()


class Wrapped:
    """What predicts may give arrays of the host."""

    def __init__(self, model, device):
        self.model = model
        self.device = device

    def probabilities(self, x: Tensor):
        return self.model.predict_proba(x).numpy()

    def export_sample(self, x: Tensor):
        return self.model(x).numpy()
