import torch
from torch import nn

net = nn.Linear(3, 1).cuda()
bce = nn.BCEWithLogitsLoss(pos_weight=torch.FloatTensor([3.0]))  # BUG: loss-weight-on-cpu
out = net(torch.rand(8, 3).cuda())
print(bce(out, torch.ones(8, 1).cuda()))
