import torch
import torch.nn as nn


class Store:
    def __init__(self, device):
        object.__setattr__(self, "device", device)

    def __setattr__(self, name, value):
        if torch.is_tensor(value):
            value = value.to(self.device)
        object.__setattr__(self, name, value)


s = Store(torch.device("cuda"))
s.x = torch.rand(4, 3)
net = nn.Linear(3, 1).cuda()
print(net(s.x))
