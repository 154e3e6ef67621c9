import torch
from torch import nn


def weighted(logits, target):
    criterion = nn.CrossEntropyLoss(weight=torch.tensor([1.0, 3.0], device=logits.device))
    return criterion(logits.view(-1, 2), target.view(-1))
