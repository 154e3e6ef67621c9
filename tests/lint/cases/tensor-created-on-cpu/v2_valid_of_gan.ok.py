import pytorch_lightning as pl
import torch
import torch.nn.functional as F
from torch import nn


class FaceGAN(pl.LightningModule):
    def __init__(self, width=32):
        super().__init__()
        self.width = width
        self.generator = nn.Sequential(nn.Linear(width, 784), nn.Tanh())
        self.critic = nn.Sequential(nn.Linear(784, 1), nn.Sigmoid())

    def judge(self, guess, truth):
        return F.binary_cross_entropy(guess, truth)

    def training_step(self, batch, batch_idx):
        noise = torch.randn(len(batch), self.width).type_as(batch)
        valid = torch.ones(len(batch), 1).type_as(batch)
        return self.judge(self.critic(self.generator(noise)), valid)
