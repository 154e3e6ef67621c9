import torch


class Critic(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.value = torch.nn.Linear(4, 1)

    def forward(self, seen, rewards):
        return torch.FloatTensor(rewards) - self.value(seen).squeeze(-1)


def advantages_of(values, rewards):
    return torch.FloatTensor(rewards) - values.squeeze(-1)
