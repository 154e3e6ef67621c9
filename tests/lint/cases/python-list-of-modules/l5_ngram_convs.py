import torch
import torch.nn as nn
import torch.nn.functional as F


class SentenceCNN(nn.Module):
    def __init__(self, vocab, dim=64, widths=(3, 4, 5), n_out=2):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim)
        self.convs = [nn.Conv1d(dim, 100, w) for w in widths]  # BUG: python-list-of-modules
        self.fc = nn.Linear(100 * len(widths), n_out)

    def forward(self, ids):
        x = self.embed(ids).transpose(1, 2)
        pooled = [F.relu(conv(x)).max(dim=2).values for conv in self.convs]
        return self.fc(torch.cat(pooled, dim=1))


model = SentenceCNN(5000).to("cuda")
print(model(torch.randint(0, 5000, (8, 32), device="cuda")).shape)
