import torch


def run(model, loader, criterion, device):
    model.to(device)
    for images, labels in loader:
        images.to(device)  # BUG: discarded-to-result
        labels.to(device)  # BUG: discarded-to-result
        loss = criterion(model(images), labels)
        loss.backward()
