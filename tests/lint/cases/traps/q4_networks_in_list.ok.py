"""Networks in a list that somebody moves, that are registered besides, or that have no weights."""
import torch
from torch import nn
from torch_geometric.nn import LGConv
from torchvision import models


class MovedWhenUsed(nn.Module):
    def __init__(self):
        super().__init__()
        self.teacher = [models.resnet18(weights="DEFAULT")]

    def forward(self, image):
        teacher = self.teacher[0].to(image.device)
        return teacher(image)


class MovedAtOnce(nn.Module):
    def __init__(self):
        super().__init__()
        self.teacher = [models.resnet18().cuda()]

    def forward(self, image):
        return self.teacher[0](image)


class RegisteredToo(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = models.resnet18()
        self.second = models.resnet34()
        self.both = [self.first, self.second]

    def forward(self, image):
        return sum(network(image) for network in self.both)


class NoWeights(nn.Module):
    def __init__(self, depth):
        super().__init__()
        self.embedding = nn.Embedding(100, 16)
        self.hops = [LGConv() for _ in range(depth)]

    def forward(self, nodes, edge_index):
        x = self.embedding(nodes)
        for hop in self.hops:
            x = hop(x, edge_index)
        return x


class Measure(nn.Module):
    def forward(self, image):
        return models.resnet18(weights="DEFAULT").to(image.device).eval()(image)
