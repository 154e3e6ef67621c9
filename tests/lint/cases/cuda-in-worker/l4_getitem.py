import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Clips(Dataset):
    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        clip = torch.rand(3, 16, 16)
        label = torch.tensor(i % 2)
        return clip.cuda(), label  # BUG: cuda-in-worker


net = nn.Conv2d(3, 4, 3).cuda()
for clips, labels in DataLoader(Clips(64), batch_size=8, num_workers=2):
    net(clips.cuda())
