import torch
from torch.utils.data import DataLoader, Dataset

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class OnGpu(Dataset):
    def __init__(self, n):
        self.x = torch.randn(n, 3)

    def __len__(self):
        return len(self.x)

    def __getitem__(self, i):
        return self.x[i].to(device)


class Spawned(OnGpu):
    pass


def put(batch):
    return torch.stack(batch).cuda()


for x in DataLoader(OnGpu(8), batch_size=2):
    print(x)
for x in DataLoader(OnGpu(8), batch_size=2, num_workers=0):
    print(x)
for x in DataLoader(Spawned(8), batch_size=2, num_workers=2, multiprocessing_context="spawn"):
    print(x)
for x in DataLoader([torch.ones(1)], collate_fn=put):
    print(x)
