import numpy as np
import torch
from torch import nn


def embed():
    net = build()
    features = np.zeros((100, 4))
    for step in range(100):
        out = net(torch.randn(1, 6, device="cuda"))
        features[step, :] = out[0].detach()  # BUG: numpy-of-cuda-tensor
    return features


def train():
    net = build()
    history = np.zeros((100, 1))
    for step in range(100):
        loss = net(torch.randn(8, 6, device="cuda")).pow(2).mean()
        loss.backward()
        history[step] = loss.detach()  # BUG: numpy-of-cuda-tensor
    return history


def draw():
    flat = np.empty(8)
    flat[...] = torch.rand(8, device="cuda")  # BUG: numpy-of-cuda-tensor
    return flat


def build():
    return nn.Linear(6, 4).cuda()
