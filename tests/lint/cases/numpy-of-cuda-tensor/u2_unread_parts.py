import torch
import backbones
from torch import nn


class Ranker(nn.Module):
    def __init__(self, name):
        super().__init__()
        self.backbone = getattr(backbones, name)(pretrained=True)
        self.head = backbones.Head(1)

    def forward(self, x):
        features = self.backbone(x)
        return self.head(features), features


device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
ranker = Ranker("r50").to(device)
ranker.eval()
batch = torch.randn(4, 3, 64, 64, device=device)
with torch.no_grad():
    score, features = ranker(batch)
print(score.numpy())  # BUG: numpy-of-cuda-tensor
