import sys

import torch
import torch.nn as nn


def train(epochs):
    net = nn.Linear(4, 1).cuda()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for epoch in range(epochs):
        x = torch.randn(8, 4, device="cuda")
        loss = net(x).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.detach().cpu().numpy()


print(train(len(sys.argv) + 1))
