import matplotlib.pyplot as plt
import torch
from torch import nn

net = nn.Linear(2, 1).cuda()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
history = []
for step in range(20):
    loss = net(torch.rand(8, 2).cuda()).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    history.append(loss.item())
plt.plot(history)
plt.savefig("loss.png")
