"""A part of a buffer went with the module: the line does nothing, and nothing is missed."""
import torch
from torch import nn
from torch.autograd import Variable


class Positions(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.register_buffer("table", torch.zeros(1, 100, width))

    def forward(self, x):
        table = Variable(self.table[:, : x.size(1)], requires_grad=False)
        if x.is_cuda:
            table.cuda()
        return x + table
