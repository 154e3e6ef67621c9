import torch

from data import load

W = torch.zeros(3, 4, requires_grad=True)


def net(X):
    return torch.matmul(X, W)


def train(model, data, loss):
    for X, y in data:
        print(loss(model(X), y))
    print(accuracy(data, model))


def accuracy(data, model, device=None):
    if device is None and isinstance(model, torch.nn.Module):
        device = list(model.parameters())[0].device
    total = 0.0
    with torch.no_grad():
        for X, y in data:
            if isinstance(model, torch.nn.Module):
                total += (model(X.to(device)).argmax(dim=1) == y.to(device)).float().sum().cpu().item()
            else:
                total += (model(X).argmax(dim=1) == y).float().sum().item()
    return total


train(net, load(), torch.nn.CrossEntropyLoss())
