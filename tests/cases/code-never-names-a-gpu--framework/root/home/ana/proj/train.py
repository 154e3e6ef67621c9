import lightning
import torch


class Fit(lightning.LightningModule):
    def __init__(self):
        super().__init__()
        self.net = torch.nn.Linear(8, 1)
        self.automatic_optimization = False

    def training_step(self, batch, index):
        optimizer = self.optimizers()
        loss = self.net(batch[0]).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1)


data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.rand(64, 8)), batch_size=8)
lightning.Trainer(max_epochs=1).fit(Fit(), data)
