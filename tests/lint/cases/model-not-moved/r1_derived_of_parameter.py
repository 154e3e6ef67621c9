import torch
import torch.nn as nn


class Weighting(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.log_vars = nn.Parameter(torch.zeros(n))

    def forward(self, losses):
        return (torch.exp(-self.log_vars) * torch.stack(losses) + self.log_vars).sum()


device = torch.device("cuda")
net = nn.Linear(4, 2).to(device)
weighting = Weighting(2)  # BUG: model-not-moved
out = net(torch.randn(8, 4, device=device))
weighting([out[:, 0].mean(), out[:, 1].mean()]).backward()
