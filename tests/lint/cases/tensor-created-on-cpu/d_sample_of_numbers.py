import torch
from torch import nn
from torch.distributions import Normal

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Actor(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(3, 16)
        self.mean = nn.Linear(16, 2)

    def forward(self, state):
        return torch.tanh(self.mean(torch.relu(self.body(state))))


def explore(actor, state, spread):
    noise = Normal(0.0, 1.0)
    mean = actor(state)
    return mean + spread * noise.sample((4, 2))  # BUG: tensor-created-on-cpu


actor = Actor().to(device)
print(explore(actor, torch.rand(4, 3, device=device), 0.1))
