import torch
import torch.nn as nn


class CenterLoss(nn.Module):
    def __init__(self, classes, dim):
        super().__init__()
        self.centers = nn.Parameter(torch.randn(classes, dim))

    def forward(self, features, labels):
        return ((features - self.centers[labels]) ** 2).sum(dim=1).mean()


device = torch.device("cuda")
net = nn.Linear(10, 4).to(device)
center = CenterLoss(3, 4)  # BUG: loss-module-not-moved
x = torch.randn(6, 10, device=device)
y = torch.randint(0, 3, (6,), device=device)
loss = center(net(x), y)
loss.backward()
