import pytorch_lightning as pl
import torch
from pytorch_lightning.metrics import ConfusionMatrix, MeanSquaredError


class Grid(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.body = torch.nn.Linear(10, 4)
        self.error = {}  # BUG: python-dict-of-modules
        self.error["mse"] = MeanSquaredError()

    def forward(self, x):
        return self.body(x)

    def validation_step(self, batch, batch_idx):
        x, y = batch
        guess = self(x)
        self.log("mse", self.error["mse"](guess, y))


trainer = pl.Trainer(gpus=1)
