import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset


def make_step(model, optimizer, device):
    def step(x, y):
        x, y = x.to(device), y.to(device)
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
        return loss

    return step


device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
model = nn.Linear(4, 1).to(device)
step = make_step(model, torch.optim.SGD(model.parameters(), lr=0.1), device)
for x, y in DataLoader(TensorDataset(torch.rand(8, 4), torch.rand(8, 1)), batch_size=2):
    step(x, y)
