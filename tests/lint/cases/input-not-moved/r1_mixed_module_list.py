import torch
from torch import nn


class Tower(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.layers = nn.ModuleList()
        for a, b in zip(sizes[:-1], sizes[1:]):
            self.layers.append(nn.Linear(a, b))
            self.layers.append(nn.GELU())

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


device = "cuda"
tower = Tower([4, 8, 8, 8, 8, 8, 2]).to(device)
optimizer = torch.optim.SGD(tower.parameters(), lr=0.1)
for _ in range(3):
    x = torch.randn(16, 4)
    y = torch.randn(16, 2, device=device)
    loss = ((tower(x) - y) ** 2).mean()  # BUG: input-not-moved
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
