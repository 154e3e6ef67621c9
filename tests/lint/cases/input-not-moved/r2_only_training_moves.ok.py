import torch
from torch import nn
from torch.utils.data import DataLoader

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


class Runner:
    def __init__(self, model: nn.Module, train_loader: DataLoader, valid_loader: DataLoader, loss):
        self.model = model.to(DEVICE)
        self.train_loader = train_loader
        self.valid_loader = valid_loader
        self.loss = loss

    def train(self, optimizer):
        self.model.train()
        for frames, target in self.train_loader:
            frames, target = frames.to(DEVICE), target.to(DEVICE)
            loss = self.loss(self.model(frames), target)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    def validate(self):
        self.model.eval()
        with torch.no_grad():
            frames, target = next(iter(self.valid_loader))
            frames, target = frames.to(DEVICE), target.to(DEVICE)
            output = self.model(frames)
            return self.loss(output, target).item()
