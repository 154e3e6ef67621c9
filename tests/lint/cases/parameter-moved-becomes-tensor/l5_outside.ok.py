import torch
import torch.nn as nn

scale = nn.Parameter(torch.ones(3, device="cuda"))
net = nn.Linear(3, 3).cuda()
opt = torch.optim.SGD([scale, *net.parameters()], lr=0.1)
