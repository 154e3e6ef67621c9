import torch
from torch import nn
from torch.amp import GradScaler, autocast

device = "cuda" if torch.cuda.is_available() else "cpu"  # BUG: device-unused
model = nn.Linear(16, 4)
opt = torch.optim.AdamW(model.parameters(), lr=1e-3)
scaler = GradScaler(device)
for _ in range(3):
    x = torch.randn(32, 16)
    with autocast(device_type=device):
        loss = model(x).square().mean()
    scaler.scale(loss).backward()
    scaler.step(opt)
    scaler.update()
