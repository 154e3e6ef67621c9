import torch
from torch import nn
from settings import CONFIG

net = nn.Sequential(nn.Linear(12, 24), nn.ReLU(), nn.Linear(24, 2))
use_cuda = CONFIG.getboolean("use_gpu")
if use_cuda:
    net.cuda()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)

for step in range(100):
    x = torch.randn(32, 12)
    y = torch.randint(0, 2, (32,))
    if use_cuda:
        y = y.cuda()
    out = net(x)  # BUG: input-not-moved
    loss = nn.functional.cross_entropy(out, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
