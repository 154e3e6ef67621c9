"""SGD with momentum keeps a tensor beside each parameter."""
import torch
from torch import nn

net = nn.Linear(3, 3)
net.to("cuda")
opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
saved = torch.load("run.pt", map_location="cpu")
opt.load_state_dict(saved["opt"])
net(torch.ones(3, 3, device="cuda")).sum().backward()
opt.step()
