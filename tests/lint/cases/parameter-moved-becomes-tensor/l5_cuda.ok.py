import torch
import torch.nn as nn


class Bias(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(n).cuda())
        self.fc = nn.Linear(n, n)

    def forward(self, x):
        return self.fc(x) + self.bias
