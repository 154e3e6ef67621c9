"""Metrics in a plain dict that are right there: they get what is on the CPU, are moved by hand, or keep lists."""
import pytorch_lightning as pl
import torch
import torchmetrics
from torch import nn


class OnTheHost(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.net = nn.Linear(8, 2)
        self.meters = {"acc": torchmetrics.Accuracy(task="binary")}

    def validation_step(self, batch, batch_idx):
        x, y = batch
        out = self.net(x)
        self.meters["acc"](out.argmax(1).cpu(), y.cpu())


class MovedByHand(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.net = nn.Linear(8, 2)
        self.meters = {"acc": torchmetrics.Accuracy(task="binary")}

    def on_fit_start(self):
        for meter in self.meters.values():
            meter.to(self.device)

    def validation_step(self, batch, batch_idx):
        x, y = batch
        self.meters["acc"](self.net(x).argmax(1), y)


class KeepsLists(pl.LightningModule):
    """AUROC without thresholds appends to lists: nothing of its own meets the predictions."""

    def __init__(self):
        super().__init__()
        self.net = nn.Linear(8, 1)
        self.meters = {"auroc": torchmetrics.AUROC(task="binary")}

    def validation_step(self, batch, batch_idx):
        x, y = batch
        self.meters["auroc"](self.net(x).sigmoid(), y)


class PerSample(pl.LightningModule):
    """With multidim_average="samplewise" the states are lists, too."""

    def __init__(self):
        super().__init__()
        self.net = nn.Linear(8, 4)
        self.meters = {
            "acc": torchmetrics.Accuracy(task="multiclass", num_classes=4, multidim_average="samplewise")
        }

    def validation_step(self, batch, batch_idx):
        x, y = batch
        self.meters["acc"](self.net(x), y)


class Words(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.net = nn.Linear(8, 4)
        self.meters = {"wer": torchmetrics.text.WordErrorRate()}

    def validation_step(self, batch, batch_idx):
        texts, x = batch
        self.net(x)
        self.meters["wer"](texts, texts)


trainer = pl.Trainer(accelerator="gpu", devices=1)
