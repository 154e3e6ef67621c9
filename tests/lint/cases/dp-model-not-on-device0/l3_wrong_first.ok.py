import torch
from torch import nn

net = nn.Conv2d(3, 8, 3).to("cuda:0")
net = nn.DataParallel(net, device_ids=[0, 1])
print(net(torch.rand(4, 3, 16, 16, device="cuda:0")).shape)
