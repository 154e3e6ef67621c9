import torch
from nets import build

# Plain SGD has no state that could be on another device.
net = build(width=64)
sgd = torch.optim.SGD(net.parameters(), lr=0.1)
sgd.load_state_dict(torch.load("sgd.pt", map_location="cpu"))
net.cuda()
