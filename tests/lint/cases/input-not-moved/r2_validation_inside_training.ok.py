import torch
from torch import nn
from torch.utils.data import DataLoader

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


class Runner:
    def __init__(self, model: nn.Module, train_dataloader: DataLoader, valid_dataloader: DataLoader, loss, stop):
        self.model = model.to(DEVICE)
        self.train_dataloader, self.valid_dataloader = train_dataloader, valid_dataloader
        self.loss, self.stop = loss, stop

    def train(self, optimizer):
        for epoch in range(9):
            self.model.train()
            for _, (frames, target) in enumerate(self.train_dataloader, start=1):
                frames, target = frames.to(DEVICE), target.to(DEVICE)
                loss = self.loss(self.model(frames).flatten(), target.flatten())
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            valid = self.validation()
            if self.stop(valid, self.model):
                break

    def validation(self):
        self.model.eval()
        with torch.no_grad():
            frames, target = next(iter(self.valid_dataloader))
            frames, target = frames.to(DEVICE), target.to(DEVICE)
            output = self.model(frames)
            return self.loss(output.flatten(), target.flatten()).item()
