import os
import random
import time

import numpy as np
import torch
import torch.nn as nn
from torch.optim import AdamW
from torch.optim.lr_scheduler import CosineAnnealingLR
from torch.utils.data import DataLoader, Dataset


class CFG:
    seed = 42
    size = 16
    target_size = 5
    target_col = 'label'
    epochs = 2
    batch_size = 8
    lr = 1e-3
    n_fold = 2
    trn_fold = [0]
    num_workers = 0
    print_freq = 2


device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')


def seed_torch(seed=42):
    random.seed(seed)
    os.environ['PYTHONHASHSEED'] = str(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    torch.cuda.manual_seed(seed)
    torch.backends.cudnn.deterministic = True


seed_torch(seed=CFG.seed)

images = np.random.randint(0, 255, size=(48, CFG.size, CFG.size, 3)).astype(np.uint8)
labels = np.random.randint(0, CFG.target_size, size=48)
fold = np.arange(48) % CFG.n_fold


class TrainDataset(Dataset):
    def __init__(self, images, labels, transform=None):
        self.images = images
        self.labels = labels
        self.transform = transform

    def __len__(self):
        return len(self.images)

    def __getitem__(self, idx):
        image = self.images[idx].astype(np.float32) / 255.
        if self.transform:
            image = self.transform(image)
        image = torch.from_numpy(image.transpose(2, 0, 1).copy())
        label = torch.tensor(self.labels[idx]).long()
        return image, label


def hflip(image):
    return image[:, ::-1] if np.random.rand() < 0.5 else image


class CustomModel(nn.Module):
    def __init__(self, cfg, width=8):
        super().__init__()
        self.cfg = cfg
        self.backbone = nn.Sequential(
            nn.Conv2d(3, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.SiLU(),
            nn.Conv2d(width, width * 2, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(width * 2), nn.SiLU(),
            nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.fc = nn.Linear(width * 2, cfg.target_size)

    def forward(self, x):
        x = self.backbone(x)
        x = self.fc(x)
        return x


class AverageMeter(object):
    """Computes and stores the average and current value"""
    def __init__(self):
        self.reset()

    def reset(self):
        self.val = 0
        self.avg = 0
        self.sum = 0
        self.count = 0

    def update(self, val, n=1):
        self.val = val
        self.sum += val * n
        self.count += n
        self.avg = self.sum / self.count


def train_fn(train_loader, model, criterion, optimizer, epoch, scheduler, device):
    losses = AverageMeter()
    model.train()
    start = time.time()
    for step, (images, labels) in enumerate(train_loader):
        images = images.to(device)
        labels = labels.to(device)
        batch_size = labels.size(0)
        y_preds = model(images)
        loss = criterion(y_preds, labels)
        losses.update(loss.item(), batch_size)
        loss.backward()
        grad_norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1000)
        optimizer.step()
        optimizer.zero_grad()
        if step % CFG.print_freq == 0 or step == (len(train_loader) - 1):
            print('Epoch: [{0}][{1}/{2}] Elapsed {3:.1f} Loss: {loss.val:.4f}({loss.avg:.4f}) Grad: {grad_norm:.4f}'.format(
                epoch + 1, step, len(train_loader), time.time() - start, loss=losses, grad_norm=grad_norm))
    return losses.avg


def valid_fn(valid_loader, model, criterion, device):
    losses = AverageMeter()
    model.eval()
    preds = []
    for step, (images, labels) in enumerate(valid_loader):
        images = images.to(device)
        labels = labels.to(device)
        batch_size = labels.size(0)
        with torch.no_grad():
            y_preds = model(images)
        loss = criterion(y_preds, labels)
        losses.update(loss.item(), batch_size)
        preds.append(y_preds.softmax(1).to('cpu').numpy())
    predictions = np.concatenate(preds)
    return losses.avg, predictions


def train_loop(fold_no):
    trn_idx = np.where(fold != fold_no)[0]
    val_idx = np.where(fold == fold_no)[0]
    train_dataset = TrainDataset(images[trn_idx], labels[trn_idx], transform=hflip)
    valid_dataset = TrainDataset(images[val_idx], labels[val_idx])
    train_loader = DataLoader(train_dataset, batch_size=CFG.batch_size, shuffle=True, num_workers=CFG.num_workers,
                              pin_memory=True, drop_last=True)
    valid_loader = DataLoader(valid_dataset, batch_size=CFG.batch_size, shuffle=False, num_workers=CFG.num_workers)

    model = CustomModel(CFG)
    model.to(device)
    optimizer = AdamW(model.parameters(), lr=CFG.lr, weight_decay=1e-6)
    scheduler = CosineAnnealingLR(optimizer, T_max=CFG.epochs)
    class_weights = torch.tensor(np.bincount(labels, minlength=CFG.target_size) / len(labels), dtype=torch.float32)
    criterion = nn.CrossEntropyLoss(weight=class_weights.to(device), label_smoothing=0.1)
    best_score = 0.
    best_preds = None
    for epoch in range(CFG.epochs):
        avg_loss = train_fn(train_loader, model, criterion, optimizer, epoch, scheduler, device)
        avg_val_loss, preds = valid_fn(valid_loader, model, criterion, device)
        scheduler.step()
        score = (preds.argmax(1) == labels[val_idx]).mean()
        print(f'Epoch {epoch+1} - avg_train_loss: {avg_loss:.4f}  avg_val_loss: {avg_val_loss:.4f}  score: {score:.4f}')
        if score >= best_score:
            best_score = score
            best_preds = preds
            torch.save({'model': model.state_dict(), 'preds': preds}, f'fold{fold_no}_best.pth')
    check_point = torch.load(f'fold{fold_no}_best.pth', map_location=device, weights_only=False)
    model.load_state_dict(check_point['model'])
    return best_preds


if __name__ == '__main__':
    for n in range(CFG.n_fold):
        if n in CFG.trn_fold:
            print(train_loop(n).shape)
