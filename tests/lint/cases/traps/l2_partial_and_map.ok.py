from functools import partial

import torch
import torch.nn as nn

device = torch.device("cuda")
move = partial(torch.Tensor.to, device=device)
net = nn.Linear(2, 2).to(device)
a, b = map(lambda t: t.to(device), (torch.rand(1, 2), torch.rand(1, 2)))
print(net(a) + b, net(move(torch.rand(1, 2))))
