import torch
import torch.nn as nn


class ByName(nn.Module):
    def __init__(self, names):
        super().__init__()
        self.heads = {}
        for name in names:
            head = nn.Linear(4, 1)
            self.heads[name] = head
            self.add_module("head_" + name, head)

    def forward(self, x):
        return {name: head(x) for name, head in self.heads.items()}


class Lookup(nn.Module):
    ACTS = {"relu": nn.ReLU(), "gelu": nn.GELU()}

    def __init__(self, act):
        super().__init__()
        self.act = self.ACTS[act]
        self.norms = {"batch": nn.BatchNorm2d, "instance": nn.InstanceNorm2d}
        self.norm = self.norms["batch"](8)

    def forward(self, x):
        return self.act(self.norm(x))


class ThenDict(nn.Module):
    def __init__(self):
        super().__init__()
        layers = {"a": nn.Linear(2, 2), "b": nn.Linear(2, 2)}
        self.layers = layers
        self.layers = nn.ModuleDict(layers)

    def forward(self, x):
        return self.layers["a"](x) + self.layers["b"](x)
