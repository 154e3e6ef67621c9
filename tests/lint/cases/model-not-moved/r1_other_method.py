import torch
import torch.nn as nn


class Agent(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Linear(4, 8)
        self.critic = nn.Sequential(nn.Tanh(), nn.Linear(8, 1))

    def get_value(self, x):
        return self.critic(self.trunk(x))


device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
agent = Agent()  # BUG: model-not-moved
obs = torch.zeros((5, 4)).to(device)
print(agent.get_value(obs).mean().item())
