import torch
import torch.nn as nn


class Both:
    def __init__(self):
        self.a = nn.Linear(2, 2)
        self.b = nn.Linear(2, 2)

    def parts(self):
        return [self.a, self.b]


device = torch.device("cuda")
both = Both()
for part in both.parts():
    part.to(device)
x = torch.rand(1, 2).to(device)
print(both.b(both.a(x)))
