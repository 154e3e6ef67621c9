import numpy as np
import torch


def collect(model, loader, device):
    """What the model says for each sample, and what it should say."""
    said, meant = [], []
    model.eval()
    with torch.no_grad():
        for image, label in loader:
            image = image.to(device)
            label = label.to(device)
            said.append(model(image).argmax(dim=1).cpu().numpy())
            meant.append(label.cpu().numpy())
    return np.concatenate(said), np.concatenate(meant)
