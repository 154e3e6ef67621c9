import sys

import torch
import torch.nn as nn

x = torch.rand(1, 2)
match sys.argv[1:]:
    case ["gpu"]:
        device = "cuda"
    case _:
        device = "cpu"
net = nn.Linear(2, 2).to(device)
print(net(x.to(device)))
