import torch
from torch import nn

net = nn.Sequential(nn.Linear(3, 3), nn.Tanh(), nn.Linear(3, 1)).to("cuda")
shadow = {}
for name, weight in net.named_parameters():
    shadow[name] = weight.detach().cpu().clone()
for name, weight in net.named_parameters():
    shadow[name] = 0.9 * shadow[name] + 0.1 * weight.detach()  # BUG: operand-on-other-device
