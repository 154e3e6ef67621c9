import torch.nn as nn
import torch.optim as optim

model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1))
opt = optim.SGD(model.parameters(), lr=0.1)
batch = torch.randn(32, 4)  # BUG: name-not-imported
loss = model(batch).pow(2).mean()
loss.backward()
opt.step()
