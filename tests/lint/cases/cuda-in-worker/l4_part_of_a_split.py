import torch
from torch.utils.data import DataLoader, Dataset, random_split


class Shapes(Dataset):
    def __init__(self):
        self.images = torch.rand(40, 1, 8, 8)

    def __len__(self):
        return 40

    def __getitem__(self, i):
        return self.images[i].cuda(non_blocking=True), i % 3  # BUG: cuda-in-worker


train_set, val_set = random_split(Shapes(), [30, 10])
net = torch.nn.Flatten()
for x, y in DataLoader(train_set, batch_size=5, shuffle=True, num_workers=2):
    print(net(x.cuda()).shape, y)
for x, y in DataLoader(val_set, batch_size=5):
    print(net(x.cuda()).shape, y)
