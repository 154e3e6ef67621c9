import pytorch_lightning as pl
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Regression(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.net = nn.Linear(5, 1)

    def forward(self, x):
        return self.net(x)

    def training_step(self, batch, index):
        x, y = batch
        return nn.functional.mse_loss(self(x), y)

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1)


loader = DataLoader(TensorDataset(torch.randn(20, 5), torch.randn(20, 1)), batch_size=5)
model = Regression()
pl.Trainer(max_epochs=1, accelerator="gpu").fit(model, loader)
model.to("cuda").eval()
with torch.no_grad():
    for x, y in loader:
        print(model(x).mean(), y.mean())  # BUG: input-not-moved
