import os
import sys

import torch

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "code", "lib"))

from net import Net

net = Net().cuda()
x = torch.rand(3, 4, device="cuda")
print(net(x))
