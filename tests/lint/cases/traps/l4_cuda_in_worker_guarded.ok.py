import torch
from torch.utils.data import DataLoader, Dataset, get_worker_info


class Careful(Dataset):
    def __init__(self, n, device="cpu"):
        self.n = n
        self.device = device

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        x = torch.full((2,), i)
        if get_worker_info() is None:
            x = x.cuda()
        return x.to(self.device)

    def preload(self):
        return [torch.full((2,), i).cuda() for i in range(self.n)]


for x in DataLoader(Careful(8), batch_size=2, num_workers=2):
    print(x.cuda())
