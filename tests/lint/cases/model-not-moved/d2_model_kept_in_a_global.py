# What the function itself puts into the module's name is known, whoever else may set it.
import torch
from torch import nn

net = None
device = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")


def preload():
    global net
    net = nn.Linear(8, 2)


def predict(values):
    global net
    x = torch.tensor([float(v) for v in values]).to(device)
    if net is None:
        net = nn.Linear(8, 2)  # BUG: model-not-moved
    return net(x)
