"""Classes that derive from layers run as those layers do."""
import torch
from torch import nn


class Head(nn.Linear):
    def __init__(self, n_classes):
        super().__init__(128, n_classes)


class Stem(nn.Sequential):
    def __init__(self, width):
        layers = [nn.Conv2d(3, width, 3), nn.ReLU()]
        super(Stem, self).__init__(*layers)


class Squeezed(nn.Conv2d):
    def forward(self, pixels):
        return super().forward(pixels).relu()


class Tied(nn.Linear):
    def forward(self, code):
        return nn.functional.linear(code, self.weight.t())


class Steps(nn.GRU):
    pass


def run():
    gpu = torch.device("cuda")
    pixels = torch.rand(2, 3, 8, 8).to(gpu)
    if pixels.shape[0] == 2:
        Stem(4).to(gpu)(pixels)
    elif pixels.shape[0] == 3:
        Squeezed(3, 4, 3, device=gpu)(pixels)
    elif pixels.shape[0] == 4:
        Head(10).cuda()(pixels.flatten(1))
    elif pixels.shape[0] == 5:
        Tied(8, 8, False, gpu)(pixels)
    else:
        states, last = Steps(8, 16).to(pixels.device)(pixels[:, 0])


run()
