"""A function is given a network: what it computes of a batch on the GPU is there."""
import numpy as np
import torch


def features(model, loader):
    model.eval()
    rows = []
    for images, _ in loader:
        images = images.cuda(non_blocking=True)
        with torch.no_grad():
            rows.append(model(images).cpu().numpy())
    return np.concatenate(rows)


def blank(net, image):
    scores = net.forward(torch.from_numpy(image).cuda())
    while np.isnan(scores.data.max().item()):
        scores = net.forward(torch.from_numpy(image).cuda())
    return scores
