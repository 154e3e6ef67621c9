# Whether preload() has put a model there is not known.
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
        net = nn.Linear(8, 2).to(device)
    return net(x)
