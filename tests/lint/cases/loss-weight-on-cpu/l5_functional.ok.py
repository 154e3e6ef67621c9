import torch
from torch import nn
import torch.nn.functional as F


class Detector(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(32, 3)

    def forward(self, feats, labels):
        logits = self.head(feats)
        w = torch.FloatTensor([1.0, 4.0, 4.0]).to(logits)
        loss = F.cross_entropy(logits, labels, weight=w)
        return logits, loss
