import torch
from torch import nn


class Temperature(nn.Module):
    def __init__(self):
        super().__init__()
        self.heat = nn.Parameter(torch.tensor(1.0))

    def forward(self, x):
        return x / self.heat


# A tensor without a dimension meets any device.
kept = [p.detach().cpu() for p in Temperature().to("cuda").parameters()]
print(torch.randn(3, device="cuda") * kept[0])
