import torch
from torch import nn


def build(device, width):
    net = nn.Linear(width, width)
    return place(net, device)


def place(net, target):
    return net.to(target)


device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
net = build(device, 8)
x = torch.ones(2, 8).to(next(net.parameters()).device)
net(x).sum().backward()
