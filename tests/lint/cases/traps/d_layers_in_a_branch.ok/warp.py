"""Made by nobody that is read: where the layers are, their caller says."""
import torch
from torch import nn

place = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Points(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(4, 6)

    def forward(self, x):
        return self.out(x).view(-1, 2, 3)


class Warp(nn.Module):
    def __init__(self):
        super().__init__()
        self.points = Points()

    def close(self, points):
        return torch.cat((points, torch.zeros(4, 1, 3).to(place)), dim=1)

    def forward(self, x):
        return self.close(self.points(x))
