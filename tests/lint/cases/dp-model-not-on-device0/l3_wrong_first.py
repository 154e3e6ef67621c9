import torch
from torch import nn

net = nn.Conv2d(3, 8, 3).to("cuda:1")
net = nn.DataParallel(net, device_ids=[0, 1])  # BUG: dp-model-not-on-device0
print(net(torch.rand(4, 3, 16, 16, device="cuda:0")).shape)
