import torch
import torch.nn as nn

device = torch.device("cuda")


class Tower(nn.Module):
    """Has no layer but those of the list: a move of it moves nothing."""

    def __init__(self, depth):
        super().__init__()
        self.blocks = [  # BUG: python-list-of-modules
            nn.Linear(8, 8) for _ in range(depth)
        ]

    def forward(self, x):
        for block in self.blocks:
            x = torch.relu(block(x))
        return x


net = Tower(3).to(device)
print(net(torch.ones(4, 8, device=device)))
