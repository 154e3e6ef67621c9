"""A small training framework: one Trainer, everything on self."""
from dataclasses import dataclass

import torch
from torch import nn, optim
from torch.utils.data import DataLoader, Dataset


@dataclass
class Config:
    epochs: int = 2
    batch_size: int = 8
    lr: float = 1e-3
    classes: int = 5


class RandomImages(Dataset):
    def __init__(self, n, classes):
        self.images = torch.rand(n, 3, 16, 16)
        self.labels = torch.randint(0, classes, (n,))

    def __len__(self):
        return len(self.images)

    def __getitem__(self, idx):
        return self.images[idx], self.labels[idx]


class ConvBlock(nn.Module):
    def __init__(self, cin, cout):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(cin, cout, 3, padding=1, bias=False),
            nn.BatchNorm2d(cout),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(2),
        )

    def forward(self, x):
        return self.body(x)


class SmallCNN(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.features = nn.Sequential(ConvBlock(3, 8), ConvBlock(8, 16))
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(16, classes)

    def forward(self, x):
        x = self.pool(self.features(x)).flatten(1)
        return self.head(x)


class Trainer:
    def __init__(self, model, config):
        self.config = config
        self.device = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
        self.model = model.to(self.device)
        self.criterion = nn.CrossEntropyLoss()
        self.optimizer = optim.AdamW(self.model.parameters(), lr=config.lr)

    def run_epoch(self, loader, training):
        self.model.train(training)
        total, correct, running = 0, 0, 0.0
        with torch.set_grad_enabled(training):
            for images, labels in loader:
                images = images.to(self.device, non_blocking=True)
                labels = labels.to(self.device, non_blocking=True)
                logits = self.model(images)
                loss = self.criterion(logits, labels)
                if training:
                    self.optimizer.zero_grad(set_to_none=True)
                    loss.backward()
                    self.optimizer.step()
                running += loss.item() * images.size(0)
                correct += (logits.argmax(1) == labels).sum().item()
                total += labels.size(0)
        return running / total, correct / total

    def fit(self, train_loader, val_loader):
        for epoch in range(self.config.epochs):
            train_loss, train_acc = self.run_epoch(train_loader, True)
            val_loss, val_acc = self.run_epoch(val_loader, False)
            print(f"{epoch}: {train_loss:.3f} {train_acc:.3f} {val_loss:.3f} {val_acc:.3f}")


def main():
    cfg = Config()
    train_set = RandomImages(32, cfg.classes)
    val_set = RandomImages(16, cfg.classes)
    trainer = Trainer(SmallCNN(cfg.classes), cfg)
    trainer.fit(
        DataLoader(train_set, batch_size=cfg.batch_size, shuffle=True, num_workers=2, pin_memory=True),
        DataLoader(val_set, batch_size=cfg.batch_size),
    )


if __name__ == "__main__":
    main()
