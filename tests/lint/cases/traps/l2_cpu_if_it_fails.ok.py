import torch
import torch.nn as nn

net = nn.Linear(2, 2)
x = torch.rand(1, 2, device="cuda")
try:
    print(net(x))
except RuntimeError:
    net = net.cuda()
    print(net(x))
