import torch


def train(model, loader, criterion, optimizer, device):
    for i, (x, y) in enumerate(loader):
        output = model(x.to(device))
        loss = criterion(output, y.to(device))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if i % 50 == 0:
            print("step", i, "loss", loss)
