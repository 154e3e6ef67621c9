import argparse

import torch

p = argparse.ArgumentParser()
p.add_argument("--no-cuda", action="store_true")
args = p.parse_args()
args.cuda = not args.no_cuda and torch.cuda.is_available()
torch.manual_seed(1)
if args.cuda:
    torch.cuda.manual_seed(1)
