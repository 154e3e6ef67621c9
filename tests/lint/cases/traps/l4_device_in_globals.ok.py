import torch
from torch import nn

device = "cuda" if torch.cuda.is_available() else "cpu"
model = nn.Linear(3, 3)
for name in ("model",):
    globals()[name] = globals()[name].to(globals()["device"])
model(torch.ones(2, 3).to(next(model.parameters()).device)).sum().backward()
