import torch
import torch.nn as nn
import torch.nn.functional as F

net = nn.Embedding(11, 11).cuda()


def step(idx, targets):
    logits = net(idx)
    B, T, C = logits.shape
    flat = targets.view(B * T)
    return F.cross_entropy(logits.view(B * T, C), flat)  # BUG: target-not-moved


tokens = torch.randint(0, 11, (4, 9))
x, y = tokens[:, :-1].contiguous().cuda(), tokens[:, 1:].contiguous()
print(step(x, y).item())
