import collections

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim

text = ("we are about to study the idea of a computational process computational processes are abstract beings that inhabit "
        "computers as they evolve processes manipulate other abstract things called data").split()
vocab = {w: i for i, (w, _) in enumerate(collections.Counter(text).most_common())}
ids = [vocab[w] for w in text]
V, D, K = len(vocab), 8, 4
device = 'cuda' if torch.cuda.is_available() else 'cpu'


def pairs(window=2):
    out = []
    for i, c in enumerate(ids):
        for j in range(max(0, i - window), min(len(ids), i + window + 1)):
            if i != j:
                out.append((c, ids[j]))
    return np.array(out)


class SkipGram(nn.Module):
    def __init__(self, vocab_size, emb_dim, noise):
        super().__init__()
        self.center = nn.Embedding(vocab_size, emb_dim)
        self.context = nn.Embedding(vocab_size, emb_dim)
        self.center.weight.data.uniform_(-0.5 / emb_dim, 0.5 / emb_dim)
        self.context.weight.data.zero_()
        self.register_buffer('noise', noise)

    def forward(self, c, o):
        neg = torch.multinomial(self.noise, c.size(0) * K, replacement=True).view(c.size(0), K)
        v = self.center(c)
        pos_score = F.logsigmoid((v * self.context(o)).sum(1))
        neg_score = F.logsigmoid(-torch.bmm(self.context(neg), v.unsqueeze(2)).squeeze(2)).sum(1)
        return -(pos_score + neg_score).mean()


freq = np.bincount(ids, minlength=V).astype(np.float32) ** 0.75
model = SkipGram(V, D, torch.from_numpy(freq / freq.sum()))
model.to(device)
optimizer = optim.Adam(model.parameters(), lr=0.01)
data = pairs()

for epoch in range(2):
    np.random.shuffle(data)
    for start in range(0, len(data), 32):
        batch = torch.tensor(data[start:start + 32], dtype=torch.long, device=device)
        loss = model(batch[:, 0], batch[:, 1])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())

vectors = model.center.weight.detach().cpu().numpy()
vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
print((vectors @ vectors[vocab['data']]).argsort()[-3:])
