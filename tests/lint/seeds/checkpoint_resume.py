import os

import torch
import torch.nn as nn
import torch.optim as optim

CKPT = "last.pth.tar"


class Regressor(nn.Module):
    def __init__(self, inputs):
        super().__init__()
        self.register_buffer("mean", torch.zeros(inputs))
        self.register_buffer("std", torch.ones(inputs))
        self.net = nn.Sequential(nn.Linear(inputs, 32), nn.Tanh(), nn.Linear(32, 1))

    def set_statistics(self, x):
        self.mean.copy_(x.mean(0))
        self.std.copy_(x.std(0) + 1e-6)

    def forward(self, x):
        return self.net((x - self.mean) / self.std).squeeze(-1)


def get_device():
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def save_checkpoint(model, optimizer, epoch):
    torch.save({"epoch": epoch, "model": model.state_dict(), "optim": optimizer.state_dict()}, CKPT)


def load_checkpoint(model, optimizer, device):
    checkpoint = torch.load(CKPT, map_location=device)
    model.load_state_dict(checkpoint["model"])
    optimizer.load_state_dict(checkpoint["optim"])
    return checkpoint["epoch"] + 1


def train(first, last):
    device = get_device()
    x = torch.randn(60, 7) * 3 + 1
    y = x.sum(1)
    model = Regressor(7)
    model.set_statistics(x)
    model = model.to(device)
    optimizer = optim.Adam(model.parameters(), lr=0.02)
    scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=10)
    if os.path.isfile(CKPT):
        first = load_checkpoint(model, optimizer, device)
    mse = nn.MSELoss()
    for epoch in range(first, last):
        perm = torch.randperm(len(x))
        for idx in perm.split(20):
            xb = x[idx].to(device)
            yb = y[idx].to(device)
            optimizer.zero_grad()
            loss = mse(model(xb), yb)
            loss.backward()
            optimizer.step()
        scheduler.step()
        save_checkpoint(model, optimizer, epoch)
    return loss.item()


if __name__ == "__main__":
    print(train(0, 2))
    print(train(0, 4))
