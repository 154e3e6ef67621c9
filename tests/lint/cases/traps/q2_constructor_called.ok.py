# The one who makes it is read, and has its knots on the CPU; a module is moved after it was made.
import torch
from torch import nn, Tensor


class Spline:
    def __init__(self, knots: Tensor):
        self.ends = torch.tensor([0.0, 1.0]) * knots

    def value(self, at):
        return self.ends * at

    def start(self):
        return self.value(torch.zeros(2))


class Table(nn.Module):
    def __init__(self, rows: Tensor):
        super().__init__()
        self.register_buffer("rows", rows * torch.tensor([0.5, 2.0]))

    def look(self):
        return self.show()

    def show(self):
        return self.look()


def standard():
    return Spline(torch.linspace(0, 1, 2)).start()
