import torch
from torch import nn
from tables import read

net = nn.Linear(20, 1).to("cuda")
criterion = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(net.parameters())

for epoch in range(3):
    for batch in read("rows.csv").chunks(64):
        x = torch.tensor(batch.features()).float().to("cuda")
        y = torch.tensor(batch.labels()).float().unsqueeze(1)
        optimizer.zero_grad()
        loss = criterion(net(x), y)  # BUG: target-not-moved
        loss.backward()
        optimizer.step()
