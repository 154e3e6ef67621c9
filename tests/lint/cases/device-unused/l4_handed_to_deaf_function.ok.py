import torch
from torch import nn


def train(model, device, steps):
    model.train()
    opt = torch.optim.SGD(model.parameters(), lr=0.05)
    for _ in range(steps):
        x = torch.randn(8, 5, device=device)
        loss = model(x).abs().mean()
        opt.zero_grad()
        loss.backward()
        opt.step()


def main():
    use_cuda = torch.cuda.is_available()
    device = torch.device("cuda" if use_cuda else "cpu")
    net = nn.Linear(5, 1).to(device)
    train(net, device, 3)
    net.eval()


main()
