import torch
from torch import nn


def weighted(logits, target):
    criterion = nn.CrossEntropyLoss(weight=torch.tensor([1.0, 3.0]))  # BUG: loss-weight-on-cpu
    return criterion(logits.view(-1, 2), target.view(-1))
