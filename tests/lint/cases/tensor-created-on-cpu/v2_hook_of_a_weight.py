import torch
from torch import nn


class Diagonal(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.width = width
        self.rnn = nn.RNN(width, width)
        self.rnn.weight_hh_l0.register_hook(self.keep_diagonal)

    def keep_diagonal(self, grad):
        mask = torch.eye(self.width)  # BUG: tensor-created-on-cpu
        return grad * mask

    def forward(self, x):
        return self.rnn(x)[0]


def freeze_rows(weight: nn.Parameter, n):
    def stop(grad):
        keep = torch.ones(weight.shape[0], 1)  # BUG: tensor-created-on-cpu
        keep[:n] = 0
        return grad * keep

    weight.register_hook(stop)
