import torch
import torch.nn as nn
import torch.nn.functional as F

DEVICE = "cuda:0" if torch.cuda.is_available() else "cpu"
print(f"training on {DEVICE}")


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(20, 3)

    def forward(self, x):
        return self.fc(x)


def train(steps=100):
    net = Net().to(DEVICE)
    opt = torch.optim.SGD(net.parameters(), lr=0.01)
    for step in range(steps):
        x = torch.randn(16, 20, device=DEVICE)
        y = torch.randint(0, 3, (16,), device=DEVICE)
        loss = F.cross_entropy(net(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
    return net


train()
