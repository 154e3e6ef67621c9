import torch
import torch.nn as nn

net = nn.Linear(4, 2).cuda()
state = torch.rand(3, 4).cuda()
reward = torch.zeros(3, device="cuda")
with torch.no_grad():
    target = reward + 0.9 * torch.max(net(state), dim=1).values
