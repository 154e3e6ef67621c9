import lightning as L
import torch
from torch import nn


class Denoiser(L.LightningModule):
    def __init__(self, width=16):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width))

    def training_step(self, batch, batch_idx):
        clean, _ = batch
        noise = torch.randn(clean.size(0), clean.size(1), device=clean.device)
        guess = self.net(clean + noise)
        return ((guess - noise) ** 2).mean()

    def configure_optimizers(self):
        return torch.optim.AdamW(self.parameters(), lr=1e-3)
