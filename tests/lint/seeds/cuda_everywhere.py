# Written on a machine that always has a GPU.
import torch
import torch.nn as nn
import torch.nn.functional as F


class ResidualMLP(nn.Module):
    def __init__(self, dim, depth):
        super().__init__()
        self.inp = nn.Linear(dim, dim)
        self.blocks = nn.ModuleList([nn.Linear(dim, dim) for _ in range(depth)])
        self.norms = nn.ModuleList([nn.LayerNorm(dim) for _ in range(depth)])
        self.out = nn.Linear(dim, 2)

    def forward(self, x):
        x = self.inp(x)
        for block, norm in zip(self.blocks, self.norms):
            x = x + F.relu(block(norm(x)))
        return self.out(x)


model = ResidualMLP(12, 3).cuda()
criterion = nn.CrossEntropyLoss().cuda()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-4, weight_decay=1e-5)

train_x = torch.randn(40, 12)
train_y = (train_x[:, 0] > 0).long()

best = 0.0
for epoch in range(3):
    model.train()
    for start in range(0, len(train_x), 10):
        x = train_x[start:start + 10].cuda()
        y = train_y[start:start + 10].cuda()
        loss = criterion(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        acc = (model(train_x.cuda()).argmax(1).cpu() == train_y).float().mean().item()
    if acc > best:
        best = acc
        torch.save(model.state_dict(), "best.pt")
print(best)
