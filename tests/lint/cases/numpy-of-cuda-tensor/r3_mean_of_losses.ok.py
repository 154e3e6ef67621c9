import numpy as np
import torch
import torch.nn as nn

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
model = nn.Linear(3, 1).to(device)
opt = torch.optim.Adam(model.parameters())
history = []
for epoch in range(3):
    losses = []
    for _ in range(4):
        x, y = torch.randn(8, 3, device=device), torch.randn(8, 1, device=device)
        loss = nn.functional.mse_loss(model(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        losses.append(loss.detach().cpu())
    history.append(np.mean(losses))
print(history, np.std([h for h in history]))
