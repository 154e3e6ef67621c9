import lightning as L
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class LitClassifier(L.LightningModule):
    def __init__(self, inputs=12, hidden=16, classes=3, lr=1e-3):
        super().__init__()
        self.save_hyperparameters()
        self.lr = lr
        self.layers = nn.ModuleList([nn.Linear(inputs, hidden), nn.Linear(hidden, classes)])
        self.register_buffer("prior", torch.full((classes,), 1.0 / classes))

    def forward(self, x):
        h = torch.relu(self.layers[0](x))
        return self.layers[1](h) + self.prior.log()

    def training_step(self, batch, batch_idx):
        x, y = batch
        noise = 0.01 * torch.randn(x.shape, device=self.device)
        loss = F.cross_entropy(self(x + noise), y)
        self.log("train_loss", loss)
        return loss

    def validation_step(self, batch, batch_idx):
        x, y = batch
        logits = self(x)
        acc = (logits.argmax(1) == y).float().mean()
        self.log("val_acc", acc, prog_bar=True)

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=self.lr)


def main():
    L.seed_everything(1)
    x = torch.randn(32, 12)
    y = (x.sum(1) > 0).long()
    loader = DataLoader(TensorDataset(x, y), batch_size=8, shuffle=True)
    trainer = L.Trainer(max_epochs=1, accelerator="gpu", devices=1)
    trainer.fit(LitClassifier(), loader, DataLoader(TensorDataset(x, y), batch_size=16))


if __name__ == "__main__":
    main()
