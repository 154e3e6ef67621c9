"""The norm of the gradients lives where they live, and so does a vector of all parameters."""
import numpy as np
import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_, parameters_to_vector


def check_update(model, clip, only_encoder=False):
    """Used by trainers on .cuda() models."""
    if only_encoder:
        norm = clip_grad_norm_([p for name, p in model.named_parameters() if "encoder" in name], clip)
    else:
        norm = clip_grad_norm_(model.parameters(), clip)
    if np.isinf(norm.item()):
        print("infinite")
    return norm


class Evolved(nn.Module):
    def __init__(self, n, device):
        super().__init__()
        self.body = nn.Linear(n, n)

    def genome(self):
        return parameters_to_vector(self.parameters()).detach().cpu().numpy()


class Flat(nn.Module):
    """A base: the parameters are made by others."""

    def load(self, vector):
        device = next(self.parameters()).device
        torch.nn.utils.vector_to_parameters(torch.as_tensor(vector, device=device), self.parameters())

    def dump(self):
        return parameters_to_vector(self.parameters()).detach().cpu().numpy()
