import torch
from torch import nn

net = nn.Sequential(nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 1))
opt = torch.optim.Adagrad(net.parameters(), lr=0.1)  # BUG: optimizer-before-move
net = net.cuda()
net(torch.rand(3, 4).cuda()).mean().backward()
opt.step()
