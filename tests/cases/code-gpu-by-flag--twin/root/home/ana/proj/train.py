import argparse

import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--no-cuda", action="store_true")
args = parser.parse_args()
device = torch.device("cpu" if args.no_cuda else "cuda")
images = torch.rand(256, 1, 28, 28, device=device)
net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10)).to(device)
print(net(images).argmax(dim=1))
