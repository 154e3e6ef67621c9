import numpy as np
import torch
import torch.nn as nn

net = nn.Linear(4, 2).cuda()
b_obs = torch.zeros(24, 4).cuda()
order = np.arange(24)
np.random.shuffle(order)
for start in range(0, 24, 8):
    part = order[start:start + 8]
    out = net(b_obs[part])
print(out.shape)
