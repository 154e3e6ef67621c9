import torch
from torch import nn

images = torch.rand(256, 1, 28, 28)
labels = torch.randint(0, 10, (256,))
net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(5):
    loss = nn.functional.cross_entropy(net(images), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(epoch, float(loss))
