import torch
import torch.nn as nn


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.tok = nn.Embedding(100, 32)
        self.pos = nn.Embedding(64, 32)
        self.head = nn.Linear(32, 100)

    def forward(self, ids):
        b, t = ids.size()
        pos = torch.arange(t, device=ids.device)
        return self.head(self.tok(ids) + self.pos(pos))


model = Transformer().cuda()
ids = torch.randint(0, 100, (2, 16)).cuda()
model(ids)
