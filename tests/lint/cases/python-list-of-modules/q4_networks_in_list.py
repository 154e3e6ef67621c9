"""Networks and layers of other libraries in a plain list."""
import timm
import torch
from torch import nn
from torch_geometric.nn import GATConv, GCNConv
from torchvision import models


class Teachers(nn.Module):
    def __init__(self, student):
        super().__init__()
        self.student = student
        self.teachers = [models.resnet18(), models.resnet34()]  # BUG: python-list-of-modules

    def forward(self, image):
        wanted = sum(teacher(image) for teacher in self.teachers)
        return self.student(image) - wanted


class Experts(nn.Module):
    def __init__(self, names):
        super().__init__()
        self.experts = [timm.create_model(name, num_classes=8) for name in names]  # BUG: python-list-of-modules
        self.gate = nn.Linear(8, 8)

    def forward(self, image):
        return [self.gate(expert(image)) for expert in self.experts]


class Graphs(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.layers = []  # BUG: python-list-of-modules
        for before, after in zip(sizes, sizes[1:]):
            self.layers.append(GCNConv(before, after))
        self.last = GATConv(sizes[-1], 2)

    def forward(self, x, edge_index):
        for layer in self.layers:
            x = layer(x, edge_index).relu()
        return self.last(x, edge_index)
