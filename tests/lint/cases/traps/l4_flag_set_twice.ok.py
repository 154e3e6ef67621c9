import argparse

import torch
from torch.utils.data import DataLoader, Dataset

parser = argparse.ArgumentParser()
parser.add_argument("--workers", type=int, default=2)
args = parser.parse_args()
if torch.cuda.is_available():
    args.workers = 0


class Points(Dataset):
    def __len__(self):
        return 4

    def __getitem__(self, i):
        return torch.zeros(2).cuda()


for x in DataLoader(Points(), num_workers=args.workers):
    print(x)
