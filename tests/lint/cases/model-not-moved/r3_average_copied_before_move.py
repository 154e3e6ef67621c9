import copy

import torch
import torch.nn as nn

device = torch.device("cuda")


class Average:
    def __init__(self, model, decay=0.99):
        self.decay = decay
        self.shadow = copy.deepcopy(model)  # BUG: model-not-moved

    def update(self, model):
        with torch.no_grad():
            for mine, new in zip(self.shadow.parameters(), model.parameters()):
                mine.mul_(self.decay).add_(new, alpha=1 - self.decay)


model = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 2))
average = Average(model)
model.to(device)
opt = torch.optim.SGD(model.parameters(), lr=0.05)
for step in range(5):
    loss = nn.functional.cross_entropy(model(torch.randn(8, 6, device=device)), torch.zeros(8, dtype=torch.long, device=device))
    opt.zero_grad()
    loss.backward()
    opt.step()
    average.update(model)
