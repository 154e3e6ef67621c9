import argparse

import torch

parser = argparse.ArgumentParser()
parser.add_argument("--cuda", action="store_true")
parser.add_argument("--half", action="store_true")
options = parser.parse_args()

net = torch.nn.Linear(8, 1)
if options.cuda:
    net.cuda()
batch = torch.randn(4, 8)
if options.cuda and options.half:
    batch = batch.cuda()
print(net(batch))  # BUG: input-not-moved
