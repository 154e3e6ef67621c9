import lightning as L
import torch
from torch import nn


class Lit(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.net = nn.Linear(28 * 28, 10)

    def training_step(self, batch, batch_idx):
        x, y = batch
        noise = torch.randn(x.size(0), 28 * 28, device=self.device)
        return nn.functional.cross_entropy(self.net(x.flatten(1) + noise), y)

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters())


trainer = L.Trainer(max_epochs=1)
trainer.fit(Lit(), torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.rand(4, 784), torch.zeros(4).long())))
