# What is given back is on the CPU whatever the input is on: filled by slices, or in place of what another way gives.
import torch
import torch.nn.functional as F
from torch import Tensor, nn


def interleave(even: Tensor, odd: Tensor):
    out = torch.empty(even.shape[0] * 2, even.shape[1])  # BUG: tensor-created-on-cpu
    out[::2] = even
    out[1::2] = odd.abs()
    return out


def boxes(pred: Tensor, threshold):
    keep = pred[:, 4] > threshold
    if keep.sum() == 0:
        return torch.zeros(0, 4)  # BUG: tensor-created-on-cpu
    return pred[keep][:, :4]


class Bounded(nn.Module):
    def forward(self, guess: Tensor, target: Tensor):
        loss = F.l1_loss(guess, target)
        if loss.item() > 1.0:
            loss = torch.tensor([1.0])  # BUG: tensor-created-on-cpu
        return loss


class Edges(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.first = nn.Linear(n, n)
        self.second = nn.Linear(n, n)

    def forward(self, x):
        out = torch.empty(x.shape[0], 2 * x.shape[1])  # BUG: tensor-created-on-cpu
        out[:, 0::2] = self.first(x)
        out[:, 1::2] = self.second(x)
        return out


def pooled(x: Tensor, bias: Tensor):
    if x.numel() == 0:
        rows = torch.zeros(4)  # BUG: tensor-created-on-cpu
    else:
        rows = x.mean(0)
    return rows + x.sum(0)
