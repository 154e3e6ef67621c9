import sys

import torch
from nets import build

net = build(width=64)
net.cuda()
sgd = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)

if len(sys.argv) > 1:
    saved = torch.load(sys.argv[1], map_location="cpu")
    net.load_state_dict(saved["net"])
    sgd.load_state_dict(saved["sgd"])

for x, y in batches():
    sgd.zero_grad()
    torch.nn.functional.mse_loss(net(x.cuda()), y.cuda()).backward()
    sgd.step()
