import argparse

import torch
from torch.utils.data import DataLoader, Dataset

parser = argparse.ArgumentParser()
parser.add_argument("--workers", type=int, default=4)
args = parser.parse_args()


class Squares(Dataset):
    def __init__(self, device):
        self.device = device

    def __len__(self):
        return 100

    def __getitem__(self, i):
        return self.load(i)

    def load(self, i):
        return torch.full((3,), float(i), device=self.device)  # BUG: cuda-in-worker


loader = DataLoader(Squares("cuda"), batch_size=10, num_workers=args.workers)
print(sum(batch.sum() for batch in loader))
