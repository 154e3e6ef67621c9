"""SGD without momentum has no state: nothing that is loaded could be left behind."""
import torch
from torch import nn

net = nn.Linear(3, 3)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
saved = torch.load("run.pt", map_location="cpu")
opt.load_state_dict(saved["opt"])
net.to("cuda")
net(torch.ones(3, 3, device="cuda")).sum().backward()
opt.step()
