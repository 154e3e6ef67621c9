import torch
from torch.utils.data import DataLoader, Dataset


class Noisy(Dataset):
    def __init__(self, items, transform=None):
        self.items = items
        self.transform = transform

    def __len__(self):
        return len(self.items)

    def __getitem__(self, i):
        x = torch.tensor(self.items[i])
        noise = torch.randn(x.shape)
        return x + noise


def collate(batch):
    width = max(len(b) for b in batch)
    out = torch.zeros(len(batch), width)
    for i, b in enumerate(batch):
        out[i, : len(b)] = b
    return out


loader = DataLoader(Noisy([[1.0, 2.0]]), collate_fn=collate)
model = torch.nn.Linear(2, 1).cuda()
for batch in loader:
    print(model(batch.cuda()))
