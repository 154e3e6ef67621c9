from torch import max, nn
from torch.utils.data import DataLoader


class Trainer:
    def __init__(self, model: nn.Module, criterion: nn.Module, optimizer, device="cpu"):
        self.model, self.criterion, self.optimizer = model, criterion, optimizer
        self.device = device

    def train(self, train_dataloader: DataLoader, n_epoch: int):
        right, total = 0, 0
        for _ in range(n_epoch):
            for data, labels in train_dataloader:
                data, labels = data.to(self.device), labels.to(self.device)
                out = self.model(data)
                loss = self.criterion(out, labels)
                loss.backward()
                self.optimizer.step()
                _, guesses = max(out, 1)
                total += labels.size(0)
                right += (guesses == labels).sum().item()
        return right / total
