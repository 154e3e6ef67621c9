import torch
from torch import nn

net = nn.Linear(4, 2)
if torch.cuda.device_count() > 0:
    net.cuda()
if torch.cuda.device_count() == 0:
    net = net.cpu()
if torch.cuda.device_count():
    print(net(torch.zeros(3, 4).cuda()))
else:
    print(net(torch.zeros(3, 4)))
count = torch.cuda.device_count()
if count >= 1:
    print(net(torch.ones(3, 4, device="cuda")))
if count < 1:
    print(net(torch.ones(3, 4)))
