"""A program that never names a GPU: everything stays on the CPU, nothing meets anything else."""
import torch
import torch.nn as nn


class Scaled(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)
        self.scale = torch.ones(3)
        self.prior = torch.distributions.Normal(torch.zeros(3), torch.ones(3))

    def forward(self, x):
        y = self.fc(x) * self.scale
        return y, self.prior.log_prob(y)


model = Scaled()
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(10):
    y, lp = model(torch.randn(8, 3))
    opt.zero_grad()
    (y.sum() - lp.sum()).backward()
    opt.step()
