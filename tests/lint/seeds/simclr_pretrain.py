"""Self-supervised pretraining by agreement of two views, then a linear probe."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset


class TwoViews(Dataset):
    def __init__(self, images, noise=0.1):
        self.images = images
        self.noise = noise

    def augment(self, image):
        image = image + self.noise * torch.randn_like(image)
        if torch.rand(1).item() < 0.5:
            image = torch.flip(image, dims=[-1])
        return image

    def __len__(self):
        return len(self.images)

    def __getitem__(self, i):
        return self.augment(self.images[i]), self.augment(self.images[i])


class Encoder(nn.Module):
    def __init__(self, dim=16, projection=8):
        super().__init__()
        self.encoder = nn.Sequential(nn.Conv2d(3, 8, 3, stride=2), nn.ReLU(), nn.Conv2d(8, dim, 3, stride=2), nn.ReLU(),
                                     nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.projector = nn.Sequential(nn.Linear(dim, dim), nn.BatchNorm1d(dim), nn.ReLU(), nn.Linear(dim, projection))

    def forward(self, x):
        h = self.encoder(x)
        return h, F.normalize(self.projector(h), dim=1)


class NTXent(nn.Module):
    def __init__(self, batch_size, temperature=0.5):
        super().__init__()
        self.batch_size = batch_size
        self.temperature = temperature
        mask = torch.ones((2 * batch_size, 2 * batch_size), dtype=torch.bool).fill_diagonal_(False)
        for i in range(batch_size):
            mask[i, batch_size + i] = False
            mask[batch_size + i, i] = False
        self.register_buffer("negatives", mask)

    def forward(self, z_i, z_j):
        n = 2 * self.batch_size
        z = torch.cat((z_i, z_j), dim=0)
        sim = torch.matmul(z, z.T) / self.temperature
        positive = torch.cat((torch.diag(sim, self.batch_size), torch.diag(sim, -self.batch_size))).reshape(n, 1)
        negative = sim[self.negatives].reshape(n, -1)
        logits = torch.cat((positive, negative), dim=1)
        labels = torch.zeros(n, dtype=torch.long, device=logits.device)
        return F.cross_entropy(logits, labels)


def info_nce(features, temperature=0.2):
    """The same by the other common formula; only compared."""
    n = features.shape[0] // 2
    labels = torch.cat([torch.arange(n) for _ in range(2)], dim=0)
    labels = (labels.unsqueeze(0) == labels.unsqueeze(1)).float()
    labels = labels.to(features.device)
    similarity = features @ features.T
    eye = torch.eye(labels.shape[0], dtype=torch.bool).to(features.device)
    labels = labels[~eye].view(labels.shape[0], -1)
    similarity = similarity[~eye].view(similarity.shape[0], -1)
    positives = similarity[labels.bool()].view(labels.shape[0], -1)
    negatives = similarity[~labels.bool()].view(similarity.shape[0], -1)
    logits = torch.cat([positives, negatives], dim=1) / temperature
    return nn.functional.cross_entropy(logits, torch.zeros(logits.shape[0], dtype=torch.long).to(features.device))


@torch.no_grad()
def embed(model, images, device):
    model.eval()
    out = []
    for chunk in images.split(16):
        out.append(model(chunk.to(device))[0].cpu())
    return torch.cat(out)


def linear_probe(features, labels, device, steps=5):
    features, labels = features.to(device), labels.to(device)
    probe = nn.Linear(features.size(1), 3).to(device)
    optimizer = torch.optim.LBFGS(probe.parameters(), max_iter=4)

    def closure():
        optimizer.zero_grad()
        loss = F.cross_entropy(probe(features), labels)
        loss.backward()
        return loss

    for _ in range(steps):
        optimizer.step(closure)
    return (probe(features).argmax(1) == labels).float().mean().item()


def main(batch_size=8, epochs=2):
    torch.manual_seed(1)
    device = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
    labels = torch.randint(0, 3, (32,))
    images = torch.rand(32, 3, 16, 16) + labels[:, None, None, None]
    loader = DataLoader(TwoViews(images), batch_size=batch_size, shuffle=True, drop_last=True)
    model = Encoder().to(device)
    criterion = NTXent(batch_size).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-4)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=len(loader), eta_min=0)
    for epoch in range(epochs):
        model.train()
        for x_i, x_j in loader:
            x_i = x_i.to(device, non_blocking=True)
            x_j = x_j.to(device, non_blocking=True)
            _, z_i = model(x_i)
            _, z_j = model(x_j)
            loss = criterion(z_i, z_j)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            check = info_nce(torch.cat([z_i, z_j]).detach())
        scheduler.step()
        print(f"[{epoch}] loss {loss.item():.3f} ({check.item():.3f}) lr {scheduler.get_last_lr()[0]:.2e}")
    print("probe", linear_probe(embed(model, images, device), labels, device))


if __name__ == "__main__":
    main()
