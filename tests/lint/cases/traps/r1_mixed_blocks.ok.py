# Blocks of several classes in one list; some take their input along themselves.
import sys

import torch
import torch.nn as nn


class Moves(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin = nn.Linear(4, 4)

    def forward(self, x):
        return self.lin(x.to(self.lin.weight.device))


class Net(nn.Module):
    def __init__(self, n):
        super().__init__()
        blocks = []
        for i in range(n):
            blocks.append(Moves())
            blocks.append(nn.Linear(4, 4))
        self.blocks = nn.Sequential(*blocks)
        self.first = blocks[:1]

    def forward(self, x):
        return self.blocks(x)


net = Net(len(sys.argv) + 1).cuda()
print(net(torch.zeros(2, 4)).detach().cpu().numpy())
heads = [nn.Linear(4, 1), nn.Linear(4, 2), nn.ReLU()]
for head in heads:
    head.cuda()
for head in heads:
    print(head(torch.zeros(2, 4, device="cuda")))
