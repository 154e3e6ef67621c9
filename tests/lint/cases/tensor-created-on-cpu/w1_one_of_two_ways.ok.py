# On one way it is made on the CPU; on the other nobody knows where it is. What it meets is on the GPU on both.
import pytorch_lightning as pl
import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Captions(pl.LightningModule):
    def losses(self, logits, tokens, kld):
        rec = F.cross_entropy(logits, tokens)
        if kld is None:
            extra = torch.tensor(0.0, device=rec.device)
        else:
            extra = kld.mean()
        return torch.stack([rec, extra])

    def training_step(self, batch, batch_idx):
        feats, tokens = batch
        feats, kld = self.encoder(feats)
        return self.losses(feats, tokens, kld)


def total(x: Tensor, penalty, n):
    if n > 3:
        extra = torch.zeros(1, device=x.device)
    else:
        extra = penalty(n)
    return x + extra


class Forecast(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.n = n
        self.embed = nn.Linear(n, n)

    def forward(self, inputs: dict):
        x = inputs["x"]
        if self.training:
            guess = inputs["guess"]
        else:
            guess = torch.zeros(x.shape[0], self.n, device=x.device)
        return self.embed(x) + self.embed(guess)


def weighted(guess: Tensor, target: Tensor, options):
    if options.count > 3:
        weights = torch.tensor([1.0, 2.0, 3.0])
    else:
        weights = target
    weights = (weights * 3).clone()
    return guess * weights.to(guess.device)
