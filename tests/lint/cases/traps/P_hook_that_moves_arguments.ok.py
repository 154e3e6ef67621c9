import torch
import torch.nn as nn

net = nn.Sequential(nn.Linear(4, 4), nn.ReLU()).cuda()
net.register_forward_pre_hook(lambda m, args: tuple(a.to(next(m.parameters()).device) for a in args))
print(net(torch.rand(2, 4)))
