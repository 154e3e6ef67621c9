"""The norm of the gradients of a network that was moved."""
import numpy as np
import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_


def train():
    net = nn.Linear(3, 1).cuda()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    norms = []
    for _ in range(9):
        net(torch.randn(4, 3, device="cuda")).mean().backward()
        norms.append(clip_grad_norm_(net.parameters(), 1.0))
        optimizer.step()
    print(np.isnan(float(norms[0])))


if __name__ == "__main__":
    train()
