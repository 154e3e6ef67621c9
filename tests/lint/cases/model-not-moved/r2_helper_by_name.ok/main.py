import argparse

import torch
import torch.nn as nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

from nets import big_tower, small_tower


def epoch_of(number):
    for pictures, digits in loader:
        pictures, digits = pictures.cuda(), digits.cuda()
        optimizer.zero_grad()
        loss = criterion(tower(pictures), digits)
        loss.backward()
        optimizer.step()
    print(number, loss.item())


parser = argparse.ArgumentParser()
parser.add_argument("--tower", required=True)
args = parser.parse_args()

if args.tower == "small":
    tower = small_tower().cuda()
elif args.tower == "big":
    tower = big_tower().cuda()
else:
    raise SystemExit("small or big")

loader = DataLoader(datasets.MNIST(".", transform=transforms.ToTensor()), batch_size=32)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(tower.parameters(), lr=0.1)
for number in range(3):
    epoch_of(number)
