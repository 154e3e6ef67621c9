import torch
from torch import nn


class Sorter(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, 8)

    def forward(self, x):
        h = self.fc(x)
        order = torch.argsort(h.cpu(), dim=-1).to(x.device)  # BUG: cpu-compute-in-forward
        return torch.gather(h, -1, order)
