import torch
from torch import nn


class Trainer:
    def __init__(self, hidden):
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")  # BUG: device-unused
        self.model = nn.Sequential(nn.Linear(6, hidden), nn.Tanh(), nn.Linear(hidden, 1))
        self.opt = torch.optim.RMSprop(self.model.parameters())

    def step(self, x, y):
        loss = nn.functional.mse_loss(self.model(x), y)
        self.opt.zero_grad()
        loss.backward()
        self.opt.step()
        return float(loss)


trainer = Trainer(64)
print(trainer.step(torch.randn(8, 6), torch.randn(8, 1)))
