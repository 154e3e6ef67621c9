import torch
import torch.nn as nn


class Meter:
    def __init__(self):
        self.total = None

    def add(self, value):
        if self.total is None:
            self.total = value
        else:
            self.total = self.total + value


device = torch.device("cuda")
net = nn.Linear(3, 3).to(device)
meter = Meter()
out = net(torch.ones(2, 3, device=device))
meter.add(out)
print(meter.total + out)
