import argparse

import torch

parser = argparse.ArgumentParser()
parser.add_argument("--where", default="cpu")
options = parser.parse_args()
net = torch.nn.Linear(8, 1).to(options.where)
print(net(torch.rand(4, 8).to(options.where)).mean().backward())
