import torch
from torch import nn

from blocks import Windowed


class SpecNet(Windowed):
    def __init__(self, n):
        super().__init__(n)
        self.fc = nn.Linear(n, 8)

    def forward(self, wave):
        return self.fc(self.framed(wave))


if __name__ == "__main__":
    device = torch.device("cuda")
    net = SpecNet(256).to(device)
    print(net(torch.randn(2, 4096, device=device)).shape)
