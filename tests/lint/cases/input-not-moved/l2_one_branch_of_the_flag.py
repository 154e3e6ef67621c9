import argparse

import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

parser = argparse.ArgumentParser()
parser.add_argument("--noise", action="store_true")
parser.add_argument("--steps", type=int, default=5)
args = parser.parse_args()

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
model = nn.Linear(6, 2).to(device)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
loader = DataLoader(TensorDataset(torch.rand(12, 6), torch.randint(0, 2, (12,))), batch_size=3)
for x, y in loader:
    if args.noise:
        x = x + 0.1 * torch.randn(3, 6)
    else:
        x = x.to(device)
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(x), y.to(device))  # BUG: input-not-moved
    loss.backward()
    optimizer.step()
