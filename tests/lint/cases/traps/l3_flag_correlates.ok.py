import argparse

import torch

parser = argparse.ArgumentParser()
parser.add_argument("--cuda", action="store_true")
args = parser.parse_args()
use_cuda = args.cuda and torch.cuda.is_available()
model = torch.nn.Linear(4, 2)
if use_cuda:
    model.cuda()
for _ in range(3):
    x = torch.rand(2, 4)
    if use_cuda:
        x = x.cuda()
    out = model(x)
    if args.cuda:
        out = out.cpu()
    print(out.detach().numpy())
