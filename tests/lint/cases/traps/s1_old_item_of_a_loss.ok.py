import matplotlib.pyplot as plt
import torch
from torch import nn

# Before torch 0.4 loss.data[0] was a number.
net = nn.Linear(4, 1).cuda()
losses = []
total = 0
for step in range(100):
    x = torch.randn(8, 4).cuda()
    length = torch.ones(8).cuda()
    loss = net(x).pow(2).sum() / length.sum()
    total += loss.data[0]
    losses.append(total / 10)


def show(points):
    plt.figure()
    plt.plot(points)


show(losses)
