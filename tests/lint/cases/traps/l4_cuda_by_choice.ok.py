import argparse

import torch

parser = argparse.ArgumentParser()
parser.add_argument("--device", default="cuda")
parser.add_argument("--cuda", action="store_true")
args = parser.parse_args()
x = torch.ones(3).to(args.device)
if args.cuda:
    x = x.cuda()
print(x)
