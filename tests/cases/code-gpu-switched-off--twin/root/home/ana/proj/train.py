import torch
use_cuda = torch.cuda.is_available()

net = torch.nn.Linear(8, 1)
if use_cuda:
    net = net.cuda()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for step in range(10):
    x = torch.rand(4, 8)
    if use_cuda:
        x = x.cuda()
    loss = net(x).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
