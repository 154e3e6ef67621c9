import torch
import torch.nn as nn

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
netG = nn.Linear(16, 4).to(device)
netD = nn.Linear(4, 1).to(device)
for step in range(10):
    noise = torch.randn(8, 16, device=device)
    fake = netG(noise)
    eps = torch.rand(8, 1, device=device)
    mixed = eps * fake
    print(netD(mixed).mean())
