import numpy as np
import torch
import torch.nn as nn

raw = np.random.rand(64, 5)
X, y = raw[:, 0:4], raw[:, 4:]
split = int(0.8 * len(X))
device = "cuda"
model = nn.Linear(4, 1).to(device)
lo = torch.tensor(X.min(0)).float().to(device)
train_x = torch.from_numpy(X[:split]).float().to(device)
train_y = torch.tensor(y[:split]).float().to(device)
optimizer = torch.optim.Adam(model.parameters())
for epoch in range(3):
    pred = model(train_x - lo)
    loss = torch.mean((pred - train_y) ** 2)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
