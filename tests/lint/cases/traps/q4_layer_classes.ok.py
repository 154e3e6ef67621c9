"""Layers by their class that are where their input is, or hold nothing, or say themselves what runs."""
import torch
from torch import nn


class Where(nn.Linear):
    def __init__(self, size, device):
        super().__init__(size, size, True, device)


class Any(nn.Linear):
    def __init__(self, size, **options):
        super().__init__(size, size, **options)


class Norm(nn.BatchNorm2d):
    def __init__(self, size):
        super().__init__(size, affine=False, track_running_stats=False)


class Act(nn.ReLU):
    def forward(self, x):
        return super().forward(x) + 1


class Own(nn.Linear):
    def __init__(self):
        nn.Module.__init__(self)
        self.scale = 2.0

    def forward(self, x):
        return x * self.scale


class Moves(nn.Sequential):
    def forward(self, x):
        self.to(x.device)
        for layer in self:
            x = layer(x)
        return x


class Through(nn.Sequential):
    def __call__(self, x):
        return super().__call__(x.cpu())

    def forward(self, x):
        return self[0](x)


class Pair(nn.ModuleList):
    def forward(self, x):
        return self[1](self[0](x))


class Weighted(nn.CrossEntropyLoss):
    def __init__(self, weight=None):
        super().__init__(weight=weight)


gpu = torch.device("cuda:0")
x = torch.rand(4, 8, device=gpu)
Where(8, gpu)(x)
Any(8, device=gpu)(x)
Norm(8)
Act()(x)
Own()(x)
Moves(nn.Linear(8, 8), nn.Tanh())(x)
Through(nn.Linear(8, 8))(x)
Pair([nn.Linear(8, 8), nn.Linear(8, 2)]).cuda()(x)
Weighted(torch.ones(8, device=gpu))(x, x.argmax(1))
Weighted()(x, x.argmax(1))
