import torch


def run(model, loader, criterion, device):
    model.to(device)
    for images, labels in loader:
        images = images.to(device)
        labels = labels.to(device)
        loss = criterion(model(images), labels)
        loss.backward()
