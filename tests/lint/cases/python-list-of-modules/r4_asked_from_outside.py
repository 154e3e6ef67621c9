import torch
from torch import nn


class Tower(nn.Module):
    def __init__(self, width, floors):
        super().__init__()
        self.floors = []  # BUG: python-list-of-modules
        for _ in range(floors):
            self.floors.append(nn.Linear(width, width * 2))
            width *= 2

    def forward(self, x):
        for floor in self.floors:
            x = floor(x).relu()
        return x


tower = Tower(8, 3).to(torch.device("cuda"))
print(tower.floors[0].weight.device, tower.floors[1].bias.shape)
assert tower.floors[0].weight.is_cuda
