import torch
import torch.nn as nn

import losses

device = torch.device("cuda")
net = nn.Linear(5, 5).to(device)
x = torch.rand(3, 5).to(device)
losses.weighted(net(x), x).backward()
