import torch
from torch import nn


class Diagonal(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.width = width
        self.rnn = nn.RNN(width, width)
        self.rnn.weight_hh_l0.register_hook(self.keep_diagonal)

    def keep_diagonal(self, grad):
        mask = torch.eye(self.width, device=grad.device)
        return grad * mask

    def forward(self, x):
        return self.rnn(x)[0]


def freeze_rows(weight: nn.Parameter, n):
    def stop(grad):
        keep = torch.ones_like(grad)
        keep[:n] = 0
        return grad * keep

    weight.register_hook(stop)
