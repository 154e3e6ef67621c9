import torch
import torch.nn as nn

device = torch.device("cuda")


def batches(data, size):
    for start in range(0, len(data), size):
        yield data[start:start + size]


data = torch.rand(40, 3)
model = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 3)).to(device)
optimizer = torch.optim.Adam(model.parameters())
for batch in batches(data, 10):
    optimizer.zero_grad()
    out = model(batch)  # BUG: input-not-moved
    loss = out.pow(2).mean()
    loss.backward()
    optimizer.step()
