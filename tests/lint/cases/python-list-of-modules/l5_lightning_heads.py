import pytorch_lightning as pl
import torch
from torch import nn
from torch.nn import functional as F


class MultiTask(pl.LightningModule):
    def __init__(self, backbone, tasks):
        super().__init__()
        self.backbone = backbone
        self.heads = tuple(nn.Linear(512, n) for n in tasks)  # BUG: python-list-of-modules

    def training_step(self, batch, batch_idx):
        x, ys = batch
        z = self.backbone(x)
        loss = 0.0
        for head, y in zip(self.heads, ys):
            loss = loss + F.cross_entropy(head(z), y)
        return loss

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=1e-3)
