import torch
from torch import nn, optim


class Encoder(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.inner = nn.Linear(size, 16)

    def forward(self, x):
        return self.inner(x)


def fit(opt, batches):
    device = torch.device("cuda" if torch.cuda.is_available() and not opt.no_cuda else "cpu")
    net = Encoder(opt.size)
    if opt.solver == "adam":
        solver = optim.Adam(net.parameters(), lr=opt.lr)
    else:
        solver = optim.Adagrad(net.parameters(), lr=opt.lr)  # BUG: optimizer-before-move
    net = net.to(device)
    for x in batches:
        solver.zero_grad()
        net(x.to(device)).pow(2).mean().backward()
        solver.step()
