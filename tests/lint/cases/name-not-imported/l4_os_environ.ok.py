"""Train a small network on two GPUs."""
import os

import torch
import torch.nn as nn

os.environ["MASTER_PORT"] = "29500"

net = nn.Linear(8, 2)
print(torch.__version__, sum(p.numel() for p in net.parameters()))
