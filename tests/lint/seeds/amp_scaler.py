import torch
from torch import nn
from torch.amp import GradScaler, autocast
from torch.utils.data import DataLoader, TensorDataset

use_amp = True
device = "cuda" if torch.cuda.is_available() else "cpu"


def make_model(width, num_layers, out):
    layers = []
    for _ in range(num_layers - 1):
        layers.append(nn.Linear(width, width))
        layers.append(nn.GELU())
    layers.append(nn.Linear(width, out))
    return nn.Sequential(*tuple(layers))


def evaluate(net, loader):
    net.eval()
    hits = seen = 0
    with torch.no_grad(), autocast(device_type=device, enabled=use_amp):
        for x, y in loader:
            x = x.to(device)
            y = y.to(device)
            hits += (net(x).argmax(-1) == y).sum().item()
            seen += y.numel()
    return hits / seen


net = make_model(24, 3, 6).to(device)
opt = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
scaler = GradScaler(device, enabled=use_amp)
ce = nn.CrossEntropyLoss(label_smoothing=0.1)
train = DataLoader(TensorDataset(torch.randn(48, 24), torch.randint(6, (48,))), 12, shuffle=True, pin_memory=True)

for epoch in range(2):
    net.train()
    for x, y in train:
        x = x.to(device, non_blocking=True)
        y = y.to(device, non_blocking=True)
        with autocast(device_type=device, dtype=torch.float16, enabled=use_amp):
            out = net(x)
            loss = ce(out, y)
        scaler.scale(loss).backward()
        scaler.unscale_(opt)
        torch.nn.utils.clip_grad_norm_(net.parameters(), max_norm=1.0)
        scaler.step(opt)
        scaler.update()
        opt.zero_grad(set_to_none=True)
    print(epoch, float(loss), evaluate(net, train))
