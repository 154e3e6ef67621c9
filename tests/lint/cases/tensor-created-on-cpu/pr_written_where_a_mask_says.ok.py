"""A picture of labels on the CPU, filled where the network on the GPU is sure: torch takes the mask to where it writes."""
import torch
from torch import nn

net = nn.Conv2d(3, 5, 1).cuda()
picture = torch.rand(3, 64, 64).cuda()
scores = net(picture[None])[0].softmax(dim=0)
labels = torch.zeros(64, 64, dtype=torch.long)
for number in range(5):
    labels[scores[number] > 0.5] = number
best = torch.zeros(64 * 64)
places = (scores.amax(dim=0).flatten() > 0.9).nonzero()[:, 0]
best[places] = torch.ones(len(places))
print(labels.unique(), best.sum())
