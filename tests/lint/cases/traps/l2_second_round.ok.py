import torch
import torch.nn as nn

device = torch.device("cuda")
net = nn.GRU(3, 3).to(device)
hidden = None
for step in range(9):
    x = torch.rand(1, 1, 3, device=device)
    if hidden is None:
        hidden = torch.zeros(1, 1, 3, device=device)
    out, hidden = net(x, hidden)
    hidden = hidden.detach()
best = torch.zeros(1)
for step in range(9):
    value = net(torch.rand(1, 1, 3, device=device))[0].sum()
    if value.item() > best.item():
        best = value
print(best)
