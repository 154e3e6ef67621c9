import torch
from torch.utils.data import DataLoader, Dataset

options = {"num_workers": 2}
options["num_workers"] = 0


class Noise(Dataset):
    def __len__(self):
        return 8

    def __getitem__(self, i):
        return torch.rand(3).cuda()


for x in DataLoader(Noise(), **options):
    print(x)
