import torch
from our_engine import Engine
from torch import nn

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
settings = {"device": device, "lr": 0.1}
model = nn.Linear(3, 3)
engine = Engine(model, **settings)
loss = engine(torch.ones(2, 3)).sum()
loss.backward()
