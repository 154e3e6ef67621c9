# SPDX-License-Identifier: Apache-2.0
"""Metrics are modules whose state moves with them."""
import torch
from torch import nn


class Accuracy(nn.Module):
    def __init__(self, task="multiclass", num_classes=2, **kwargs):
        super().__init__()
        self.register_buffer("right", torch.zeros(1))
        self.register_buffer("seen", torch.zeros(1))

    def forward(self, pred, target):
        self.update(pred, target)
        return self.compute()

    def update(self, pred, target):
        pred = pred.argmax(1) if pred.dim() > 1 else pred
        self.right = self.right + (pred == target).sum().view(1)
        self.seen = self.seen + torch.full_like(target, 1).sum().view(1)

    def compute(self):
        return self.right / self.seen

    def reset(self):
        self.right = torch.zeros_like(self.right)
        self.seen = torch.zeros_like(self.seen)


class MeanMetric(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("total", torch.zeros(1))
        self.count = 0

    def update(self, value):
        self.total = self.total + torch.as_tensor(value).to(self.total.device)
        self.count += 1

    def compute(self):
        return self.total / self.count

    def reset(self):
        self.total = torch.zeros_like(self.total)
        self.count = 0
