import torch
from torch import nn

device = "cuda" if torch.cuda.is_available() else "cpu"


def place(obj):
    return obj.to(device)


model = place(nn.Linear(3, 3))
loss = model(place(torch.ones(2, 3))).sum()
loss.backward()
