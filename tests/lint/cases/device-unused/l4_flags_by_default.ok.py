import argparse

import torch
import torch.nn as nn

parser = argparse.ArgumentParser()
parser.add_argument("--no-cuda", action="store_true", default=False)
parser.add_argument("--epochs", type=int, default=2)
args = parser.parse_args()
use_cuda = not args.no_cuda and torch.cuda.is_available()
device = torch.device("cuda" if use_cuda else "cpu")
model = nn.GRU(3, 8).to(device)
optimizer = torch.optim.Adadelta(model.parameters())
for epoch in range(args.epochs):
    out, _ = model(torch.rand(5, 2, 3, device=device))
    out.pow(2).sum().backward()
    optimizer.step()
    optimizer.zero_grad()
