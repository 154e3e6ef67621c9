import numpy as np
import torch


def window(samples):
    # An array: what it meets is an array, too.
    hann = np.hanning(samples.shape[0]).astype(samples.dtype)
    return samples * hann


def like(samples):
    w = torch.hann_window(samples.shape[0]).numpy()
    return np.zeros(len(w), dtype=samples.dtype) + samples * w


def ask(model, x):
    # A network: its dtype is asked, and it is called.
    noise = torch.rand(4, dtype=model.dtype)
    return model(noise)


def count(rows, weights):
    total = torch.zeros(3)
    for i, row in enumerate(rows):
        total[i] = row * weights[i]
    return total


class Schedule(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.table = torch.linspace(0, 1, 100)

    def forward(self, step):
        # A number.
        return self.table * step
