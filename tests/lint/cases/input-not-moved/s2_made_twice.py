"""Two models that the same function builds are two: one is moved, the other is not."""
import torch
from torch import nn


def build(width):
    inner = nn.Linear(8, 2 * width)
    norm = nn.LayerNorm(2 * width)
    return nn.Sequential(inner, norm, nn.ReLU(), nn.Linear(2 * width, 2))


student = build(8)
teacher = build(8)
student.cuda()
batch = torch.randn(4, 8)
teacher(batch)
student(batch)  # BUG: input-not-moved
