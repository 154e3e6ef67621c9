import torch
from torchmetrics.classification import BinaryF1Score

f1 = BinaryF1Score()  # BUG: metric-not-moved
pred = torch.rand(16).cuda()
f1.update(pred, torch.ones(16).cuda())
