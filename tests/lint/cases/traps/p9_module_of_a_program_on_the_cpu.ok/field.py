import torch


class Field(torch.nn.Module):
    def __init__(self, n):
        super().__init__()
        self.line = torch.nn.Linear(n, n)
        self.turn = torch.eye(n)

    def forward(self, x):
        return self.line(x) @ self.turn
