import torch
import torch.nn.functional as F

from somewhere import on_host


def measure(test_loader, device):
    for x, y in test_loader:
        scores = on_host(x.to(device))
        print(F.cross_entropy(scores, y), torch.stack([scores, y]))
