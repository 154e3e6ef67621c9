from functools import singledispatch

import numpy as np
import torch
from torch import nn


@singledispatch
def run(network, inputs) -> np.ndarray:
    raise NotImplementedError(type(network))


@run.register(nn.Module)
def run_torch(network: nn.Module, inputs: torch.Tensor) -> np.ndarray:
    return network(*inputs).data.numpy()  # BUG: numpy-of-cuda-tensor


class Predictor:
    def __init__(self, network: nn.Module, device: torch.device) -> None:
        self.network = network
        self.device = device

    def predict(self, inputs):
        return run(self.network, inputs)
