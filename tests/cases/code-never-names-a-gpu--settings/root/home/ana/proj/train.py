import json
from types import SimpleNamespace

import torch

settings = SimpleNamespace(**json.load(open("settings.json")))
net = torch.nn.Linear(8, 1).to(settings.device)
optimizer = torch.optim.SGD(net.parameters(), lr=settings.lr)
for step in range(10):
    loss = net(torch.rand(4, 8, device=settings.device)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
