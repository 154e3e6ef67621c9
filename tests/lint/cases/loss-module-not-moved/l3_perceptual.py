import torch
from torch import nn
import torch.nn.functional as F


class PerceptualLoss(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU())

    def forward(self, a, b):
        return F.mse_loss(self.features(a), self.features(b))


generator = nn.Conv2d(3, 3, 3, padding=1).cuda()
criterion = PerceptualLoss()  # BUG: loss-module-not-moved
real = torch.rand(1, 3, 16, 16).cuda()
loss = criterion(generator(real), real)
