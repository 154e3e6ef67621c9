"""What runs before the trainer moves the module, what is exported from the CPU, and what has no dimension."""
import pytorch_lightning as pl
import torch
from torch import nn


class Tagger(pl.LightningModule):
    def __init__(self, width, shape=()):
        super().__init__()
        self.net = nn.Linear(width, width)
        self.count = torch.zeros(shape)

    def setup(self, stage=None):
        self.example = self.net(torch.zeros(1, self.net.in_features))

    def configure_optimizers(self):
        probe = self.net(torch.zeros(1, self.net.in_features))
        return torch.optim.Adam(self.parameters(), lr=1e-3 * probe.numel())

    def export_to_onnx(self, path):
        torch.onnx.export(self, torch.zeros(1, self.net.in_features), path)

    def training_step(self, batch, batch_idx):
        return self.net(batch["x"]).mean() + self.count.sum()


class RunningScale:
    def __init__(self, shape=()):
        self.mean = torch.zeros(shape)

    def normalised(self, x: torch.Tensor):
        return x - self.mean


def scaled(x: torch.Tensor, shape=()):
    return x * torch.full(shape, 2.0)


class Shaped(nn.Module):
    def forward(self, x):
        raise NotImplementedError

    def mask_of(self, x):
        raise NotImplementedError

    def masked(self, x):
        mask = self.mask_of(x)
        return mask & torch.ones(x.size(0), dtype=torch.bool)


class Normed(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.prior = torch.distributions.Normal(0.0, 1.0)
        self.prior.loc = self.prior.loc.cuda()
        self.prior.scale = self.prior.scale.cuda()
        self.mean = nn.Linear(width, width)

    def forward(self, x):
        mean = self.mean(x)
        return mean + self.prior.sample(mean.shape)
