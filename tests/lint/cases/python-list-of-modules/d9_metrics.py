import torch
from torch import nn
from torchmetrics import JaccardIndex


class Segmenter(nn.Module):
    def __init__(self, heads):
        super().__init__()
        self.conv = nn.Conv2d(3, 2, 1)
        self.scores = [JaccardIndex(task="binary") for _ in range(3)]  # BUG: python-list-of-modules

    def forward(self, x, y):
        out = self.conv(x)
        for score in self.scores:
            score(out.argmax(1), y)
        return out


net = Segmenter(3).to("cuda")
