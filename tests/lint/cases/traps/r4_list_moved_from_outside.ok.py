# Somebody else moves what the list holds: nothing is known of it.
import torch
from torch import nn


class Tower(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.floors = [nn.Linear(width, width), nn.Linear(width, width)]

    def forward(self, x):
        for floor in self.floors:
            x = floor(x).relu()
        return x


tower = Tower(8).cuda()
for i in range(2):
    tower.floors[i].cuda()
assert tower.floors[0].weight.is_cuda
print(tower(torch.randn(2, 8, device="cuda")).shape)
