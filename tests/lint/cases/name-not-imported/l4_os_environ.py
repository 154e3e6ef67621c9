"""Train a small network on two GPUs."""
import torch
import torch.nn as nn

os.environ["MASTER_PORT"] = "29500"  # BUG: name-not-imported

net = nn.Linear(8, 2)
print(torch.__version__, sum(p.numel() for p in net.parameters()))
