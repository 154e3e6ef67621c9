import torch
import torchmetrics


def evaluate(network, loader, device, n):
    f1 = torchmetrics.F1Score(task="multiclass", num_classes=n, average="macro").to(device)
    network.eval()
    with torch.no_grad():
        for x, y in loader:
            x = x.to(device)
            y = y.to(device)
            guess = network.predict(x)
            f1.update(guess, y)
    return f1.compute()


def accuracy(model, loader):
    metric = torchmetrics.Accuracy(task="multiclass", num_classes=3).cuda()
    for x, y in loader:
        x, y = x.cuda(), y.cuda()
        metric.update(model(x), y)
    return metric.compute()
