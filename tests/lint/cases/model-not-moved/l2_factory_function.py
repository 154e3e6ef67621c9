import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.lin = nn.Linear(width, width)

    def forward(self, x):
        return x + torch.relu(self.lin(x))


class Net(nn.Module):
    def __init__(self, depth, width):
        super().__init__()
        self.blocks = nn.ModuleList([Block(width) for _ in range(depth)])
        self.head = nn.Linear(width, 1)

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return self.head(x)


def build(depth=2):
    net = Net(depth, 4)  # BUG: model-not-moved
    net.train()
    return net


def step(net, batch, optimizer):
    x, y = [t.to(DEVICE) for t in batch]
    optimizer.zero_grad()
    loss = ((net(x) - y) ** 2).mean()
    loss.backward()
    optimizer.step()
    return loss.item()


net = build()
optimizer = torch.optim.Adam(net.parameters())
loader = DataLoader(TensorDataset(torch.rand(32, 4), torch.rand(32, 1)), batch_size=4)
for _ in range(2):
    for batch in loader:
        step(net, batch, optimizer)
