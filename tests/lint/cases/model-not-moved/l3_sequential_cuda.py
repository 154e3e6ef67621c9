import torch
from torch import nn

net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))  # BUG: model-not-moved
opt = torch.optim.Adam(net.parameters())
x = torch.randn(32, 4).cuda()
y = torch.randn(32, 1).cuda()
for _ in range(100):
    loss = ((net(x) - y) ** 2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
