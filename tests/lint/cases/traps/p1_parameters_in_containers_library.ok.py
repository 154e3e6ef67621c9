"""As p1_parameters_in_containers, with names that only the caller knows: a module in a library that nobody here builds or moves."""
import torch
from torch import nn


class Gates(nn.Module):
    def __init__(self, kinds, width, rounds):
        super().__init__()
        self.skip = nn.ParameterDict({kind: nn.Parameter(torch.rand(1)) for kind in kinds})
        self.scale = nn.ParameterList([nn.Parameter(torch.ones(width)) for _ in range(rounds)])
        self.lines = nn.ModuleDict({kind: nn.Linear(width, width) for kind in kinds})

    def forward(self, features):
        out = {}
        for kind in features:
            gate = torch.sigmoid(self.skip[kind])
            out[kind] = gate * self.lines[kind](features[kind]) + (1 - gate) * features[kind]
            for scale in self.scale:
                out[kind] = out[kind] * scale
        return out


class Network(nn.Module):
    def __init__(self, kinds, width):
        super().__init__()
        self.layers = nn.ModuleList([Gates(kinds, width, 2) for _ in range(2)])
        self.head = nn.Linear(width, 1)

    def forward(self, features):
        for layer in self.layers:
            features = layer(features)
        return {kind: self.head(x) for kind, x in features.items()}


def train(args, kinds, features):
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = Network(kinds, 8).to(device)
    features = {kind: torch.as_tensor(x).to(device) for kind, x in features.items()}
    return model(features)


class Alone(nn.Module):
    def __init__(self, kinds, width):
        super().__init__()
        self.lines = nn.ModuleDict({kind: nn.Linear(width, width) for kind in kinds})
        self.skip = nn.ParameterDict({kind: nn.Parameter(torch.ones(1)) for kind in kinds})
        self.scale = nn.ParameterList([nn.Parameter(torch.ones(width)), nn.Parameter(torch.ones(width))])
        self.named = nn.ParameterDict({"first": nn.Parameter(torch.ones(width))})

    def forward(self, graph, features):
        out = {}
        for kind in graph.kinds:
            gate = torch.sigmoid(self.skip[kind])
            out[kind] = gate * self.lines[kind](features[kind]) * self.scale[0] + self.named["first"]
            out[kind] = out[kind] + self.scale[1] * features[kind]
        return out
