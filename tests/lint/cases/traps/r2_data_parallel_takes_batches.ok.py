import torch
from torch import nn

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


class Runner:
    def __init__(self, model, train_loader, valid_loader):
        self.model = nn.DataParallel(model).to(DEVICE)
        self.train_loader = train_loader
        self.valid_loader = valid_loader

    def train(self, step):
        self.model.train()
        for frames, target in self.train_loader:
            frames, target = frames.to(DEVICE), target.to(DEVICE)
            step(self.model(frames), target)

    def validate(self):
        self.model.eval()
        return [self.model(frames).argmax(1).cpu() for frames, _ in self.valid_loader]
