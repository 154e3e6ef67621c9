import argparse

import torch
import torch.nn as nn

parser = argparse.ArgumentParser()
parser.add_argument("--cuda", action="store_true")
parser.add_argument("--half", action="store_true")
args = parser.parse_args()
net = nn.Linear(2, 2)
x = torch.rand(4, 2)
if args.cuda:
    net.cuda()
if args.half:
    print("half")
if args.cuda:
    x = x.cuda()
print(net(x))
