import torch
from torch import nn, optim


class Trainer:
    def __init__(self, net, config):
        self.device = config.device
        self.net = net.to(self.device)
        self.mse = nn.MSELoss()
        self.optimizer = optim.Adam(self.net.parameters(), lr=config.lr)

    def _loss(self, batch):
        x = batch[0].to(self.device)
        out, penalty = self.net(x)
        return self.mse(out, x) + 1e-3 * penalty

    def train(self, loader):
        self.net.train()
        for batch in loader:
            loss = self._loss(batch)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()

    def validate(self, loader):
        self.net.eval()
        with torch.no_grad():
            return sum(self._loss(batch).item() for batch in loader) / len(loader)

    def export(self, path):
        state = {k: v.cpu() for k, v in self.net.state_dict().items()}
        torch.save(state, path)
