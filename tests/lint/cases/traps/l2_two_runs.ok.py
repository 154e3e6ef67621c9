import torch
import torch.nn as nn


def run(device):
    net = nn.Linear(2, 2).to(device)
    x = torch.rand(1, 2).to(device)
    return net(x)


print(run("cpu"), run("cuda"))
for where in ("cpu", "cuda:0"):
    print(run(where))
