import numpy as np
import torch

from rollout import advantages_of

if torch.cuda.is_available():
    torch.FloatTensor = torch.cuda.FloatTensor


def update(net, seen, rewards):
    values = net(torch.FloatTensor(np.asarray(seen)))
    return advantages_of(values, rewards)


net = torch.nn.Linear(4, 1)
if torch.cuda.is_available():
    net = net.cuda()
update(net, [[1.0, 2.0, 3.0, 4.0]], [0.5])
