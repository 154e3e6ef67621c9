import torch.nn as nn


class Tail(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(16, 16)

    def forward(self, x, norm=nn.LayerNorm(16)):  # BUG: module-hidden-in-closure
        return norm(self.fc(x))
