"""The exported network has to say what the network says, on the CPU."""
import numpy as np
import onnxruntime
import torch
from torch import nn


def train(network: nn.Module, batches, device):
    network.to(device)
    for x in batches:
        network(x.to(device)).mean().backward()


def differences(network: nn.Module, x: torch.Tensor, path: str):
    expected = network(x).detach().numpy()
    session = onnxruntime.InferenceSession(path)
    got = session.run(None, {"x": x.numpy()})[0]
    return np.abs(expected - got).max()
