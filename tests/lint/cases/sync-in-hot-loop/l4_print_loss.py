import torch


def train(model, loader, criterion, optimizer, device):
    for i, (x, y) in enumerate(loader):
        output = model(x.to(device))
        loss = criterion(output, y.to(device))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        print("step", i, "loss", loss)  # BUG: sync-in-hot-loop
