import pytorch_lightning as pl
import torch
import torch.nn.functional as F
import torchmetrics
from torch import nn


class Tagger(pl.LightningModule):
    def __init__(self, n_tags):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, n_tags))
        self.meters = {  # BUG: python-dict-of-modules
            "acc": torchmetrics.Accuracy(task="multiclass", num_classes=n_tags),
            "f1": torchmetrics.F1Score(task="multiclass", num_classes=n_tags),
        }

    def training_step(self, batch, batch_idx):
        x, y = batch
        out = self.net(x)
        return F.cross_entropy(out, y)

    def validation_step(self, batch, batch_idx):
        x, y = batch
        out = self.net(x)
        for name, meter in self.meters.items():
            meter.update(out, y)

    def on_validation_epoch_end(self):
        for name, meter in self.meters.items():
            self.log(name, meter.compute())
            meter.reset()

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters())
