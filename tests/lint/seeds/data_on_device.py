# The whole data set lives on the GPU: no loader, one batch after the other by index.
import math
import sys

import torch
import torch.nn as nn

cfg = {
    "device": "cuda" if torch.cuda.is_available() else "cpu",
    "batch": 16,
    "epochs": 2,
    "lr": 0.01,
}


class Data:
    def __init__(self, device):
        self.x = torch.rand(64, 2, device=device) * 2 - 1
        self.y = (self.x.norm(dim=1) < 0.7).float().unsqueeze(1)
        self.device = device

    def batches(self, size):
        order = torch.randperm(len(self.x), device=self.device)
        for i in range(math.ceil(len(order) / size)):
            pick = order[i * size:(i + 1) * size]
            yield self.x[pick], self.y[pick]


class Fourier(nn.Module):
    def __init__(self, n_in, n_freq):
        super().__init__()
        self.register_buffer("freqs", torch.randn(n_in, n_freq) * 3)

    def forward(self, x):
        z = x @ self.freqs
        return torch.cat((z.sin(), z.cos()), dim=-1)


def build():
    return nn.Sequential(Fourier(2, 8), nn.Linear(16, 16), nn.LeakyReLU(), nn.Linear(16, 1))


def main():
    data = Data(cfg["device"])
    model = build().to(cfg["device"])
    bce = nn.BCEWithLogitsLoss(pos_weight=torch.tensor([1.5], device=cfg["device"]))
    optimizer = torch.optim.NAdam(model.parameters(), lr=cfg["lr"])
    for epoch in range(cfg["epochs"]):
        total = torch.zeros((), device=cfg["device"])
        for x, y in data.batches(cfg["batch"]):
            optimizer.zero_grad()
            loss = bce(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.detach()
        sys.stdout.write(f"{epoch} {total.item():.3f}\n")
    grid = torch.stack(torch.meshgrid(torch.linspace(-1, 1, 5), torch.linspace(-1, 1, 5), indexing="ij"), -1).view(-1, 2)
    with torch.no_grad():
        print(torch.sigmoid(model(grid.to(cfg["device"]))).view(5, 5).cpu())


if __name__ == "__main__":
    main()
