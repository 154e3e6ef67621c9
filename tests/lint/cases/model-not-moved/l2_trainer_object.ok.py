import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset


class Trainer:
    def __init__(self, model, loader, device):
        self.model = model.to(device)
        self.loader = loader
        self.device = device
        self.criterion = nn.MSELoss()
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.01)

    def run(self, epochs):
        for epoch in range(epochs):
            self._epoch()

    def _epoch(self):
        self.model.train()
        for inputs, targets in self.loader:
            inputs = inputs.to(self.device)
            targets = targets.to(self.device)
            self._step(inputs, targets)

    def _step(self, inputs, targets):
        self.optimizer.zero_grad()
        loss = self.criterion(self.model(inputs), targets)
        loss.backward()
        self.optimizer.step()


if __name__ == "__main__":
    device = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
    loader = DataLoader(TensorDataset(torch.rand(20, 3), torch.rand(20, 1)), batch_size=5)
    trainer = Trainer(nn.Linear(3, 1), loader, device)
    trainer.run(2)
