import numpy as np
import timm
import torch
import torch.nn as nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

DEVICE = torch.device('cuda:0' if torch.cuda.is_available() else 'cpu')
BATCH, EPOCHS, CLASSES = 8, 1, 10


def mixup_data(x, y, alpha=0.4):
    lam = np.random.beta(alpha, alpha)
    index = torch.randperm(x.size(0)).to(x.device)
    mixed_x = lam * x + (1 - lam) * x[index, :]
    return mixed_x, y, y[index], lam


class SoftTargetCrossEntropy(nn.Module):
    def __init__(self, smoothing=0.1):
        super().__init__()
        self.smoothing = smoothing

    def forward(self, x, target):
        logp = x.log_softmax(dim=-1)
        nll = -logp.gather(dim=-1, index=target.unsqueeze(1)).squeeze(1)
        return ((1 - self.smoothing) * nll - self.smoothing * logp.mean(dim=-1)).mean()


tf = transforms.Compose([transforms.Resize(32), transforms.ToTensor(), transforms.Normalize([0.5] * 3, [0.5] * 3)])
train_loader = DataLoader(datasets.CIFAR10('data', train=True, transform=tf), batch_size=BATCH, shuffle=True)
test_loader = DataLoader(datasets.CIFAR10('data', train=False, transform=tf), batch_size=BATCH)

model = timm.create_model('efficientnet_b0', pretrained=True, num_classes=CLASSES)
model = model.to(DEVICE)
criterion = SoftTargetCrossEntropy()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
scaler = torch.cuda.amp.GradScaler()

for epoch in range(EPOCHS):
    model.train()
    for data, target in train_loader:
        data, target = data.to(DEVICE, non_blocking=True), target.to(DEVICE, non_blocking=True)
        data, y_a, y_b, lam = mixup_data(data, target)
        optimizer.zero_grad()
        with torch.cuda.amp.autocast():
            output = model(data)
            loss = lam * criterion(output, y_a) + (1 - lam) * criterion(output, y_b)
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()
    model.eval()
    right = 0
    with torch.no_grad():
        for data, target in test_loader:
            data = data.to(DEVICE)
            right += (model(data).argmax(1).cpu() == target).sum().item()
    print(epoch, right / len(test_loader.dataset))
