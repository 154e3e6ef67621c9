import argparse
import copy
import logging

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset, random_split

logging.basicConfig(level=logging.INFO, format="%(message)s")
log = logging.getLogger(__name__)


def conv_block(cin, cout):
    return nn.Sequential(nn.Conv2d(cin, cout, 3, padding=1), nn.BatchNorm2d(cout), nn.ReLU(), nn.MaxPool2d(2))


class ConvNet(nn.Module):
    def __init__(self, widths, num_classes=4):
        super().__init__()
        blocks, cin = [], 1
        for width in widths:
            blocks.append(conv_block(cin, width))
            cin = width
        self.features = nn.Sequential(*blocks)
        self.classifier = nn.Linear(cin, num_classes)

    def forward(self, x, return_features=False):
        h = self.features(x).mean(dim=(2, 3))
        logits = self.classifier(h)
        return (logits, h) if return_features else logits


class DistillationLoss(nn.Module):
    def __init__(self, teacher_dim, student_dim, temperature=4.0, alpha=0.5, beta=0.1):
        super().__init__()
        self.temperature, self.alpha, self.beta = temperature, alpha, beta
        self.regressor = nn.Linear(student_dim, teacher_dim)
        self.ce = nn.CrossEntropyLoss()
        self.kl = nn.KLDivLoss(reduction="batchmean")

    def forward(self, student, teacher, target):
        (s_logits, s_feat), (t_logits, t_feat) = student, teacher
        soft = self.kl(F.log_softmax(s_logits / self.temperature, dim=1), F.softmax(t_logits / self.temperature, dim=1))
        hint = F.mse_loss(self.regressor(s_feat), t_feat)
        return self.alpha * self.ce(s_logits, target) + (1 - self.alpha) * self.temperature ** 2 * soft + self.beta * hint


class EarlyStopping:
    def __init__(self, patience=2):
        self.patience, self.best, self.bad, self.state = patience, None, 0, None

    def __call__(self, score, model):
        if self.best is None or score > self.best:
            self.best, self.bad = score, 0
            self.state = copy.deepcopy(model.state_dict())
        else:
            self.bad += 1
        return self.bad >= self.patience


def accuracy(model, loader, device):
    model.eval()
    hits = torch.tensor(0, device=device)
    seen = 0
    with torch.inference_mode():
        for x, y in loader:
            x, y = x.to(device, non_blocking=True), y.to(device, non_blocking=True)
            hits += model(x).argmax(1).eq(y).sum()
            seen += y.numel()
    return (hits / seen).item()


def train_teacher(teacher, loader, device, epochs):
    optimizer = torch.optim.SGD(teacher.parameters(), lr=0.05, momentum=0.9)
    for _ in range(epochs):
        teacher.train()
        for x, y in loader:
            x = x.to(device)
            y = y.to(device)
            loss = F.cross_entropy(teacher(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


def distill(args, teacher, student, train_loader, val_loader, device):
    criterion = DistillationLoss(16, 8, args.temperature).to(device)
    optimizer = torch.optim.Adam(list(student.parameters()) + list(criterion.parameters()), lr=args.lr)
    stopper = EarlyStopping()
    teacher.eval()
    for p in teacher.parameters():
        p.requires_grad_(False)
    for epoch in range(args.epochs):
        student.train()
        for i, batch in enumerate(train_loader):
            x, y = [t.to(device) for t in batch]
            with torch.no_grad():
                guide = teacher(x, return_features=True)
            loss = criterion(student(x, return_features=True), guide, y)
            (loss / args.accumulate).backward()
            if (i + 1) % args.accumulate == 0:
                optimizer.step()
                optimizer.zero_grad()
        score = accuracy(student, val_loader, device)
        log.info("epoch %d loss %.3f accuracy %.3f", epoch, loss.item(), score)
        if stopper(score, student):
            break
    student.load_state_dict(stopper.state)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--temperature", type=float, default=4.0)
    parser.add_argument("--accumulate", type=int, default=2)
    parser.add_argument("--device", type=str, default="cuda" if torch.cuda.is_available() else "cpu")
    args = parser.parse_args()
    device = torch.device(args.device)
    torch.manual_seed(0)
    y = torch.randint(0, 4, (64,))
    data = TensorDataset(torch.rand(64, 1, 12, 12) + y.view(-1, 1, 1, 1), y)
    train_set, val_set = random_split(data, [48, 16])
    train_loader = DataLoader(train_set, batch_size=8, shuffle=True)
    val_loader = DataLoader(val_set, batch_size=8)
    teacher = ConvNet([8, 16]).to(device)
    student = ConvNet([4, 8]).to(device)
    train_teacher(teacher, train_loader, device, epochs=1)
    distill(args, teacher, student, train_loader, val_loader, device)
    log.info("teacher %.3f student %.3f", accuracy(teacher, val_loader, device), accuracy(student, val_loader, device))


if __name__ == "__main__":
    main()
