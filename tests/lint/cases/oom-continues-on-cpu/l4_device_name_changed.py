import torch
from torch import nn

device = torch.device("cuda")
model = nn.Linear(4096, 4096)
try:
    model.to(device)
except RuntimeError as e:
    if "out of memory" not in str(e):
        raise
    device = torch.device("cpu")  # BUG: oom-continues-on-cpu
    model.to(device)
x = torch.randn(8, 4096).to(device)
print(model(x).mean())
