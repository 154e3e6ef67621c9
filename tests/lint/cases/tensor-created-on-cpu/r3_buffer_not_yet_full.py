import random

import torch
import torch.nn as nn

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Buffer:
    def __init__(self):
        self.steps = []

    def push(self, state, reward):
        self.steps.append((state, reward))

    def __len__(self):
        return len(self.steps)


buffer = Buffer()
value = nn.Linear(4, 1).to(device)
optimizer = torch.optim.SGD(value.parameters(), lr=0.01)


def learn():
    if len(buffer) < 8:
        return
    states, rewards = zip(*random.sample(buffer.steps, 8))
    seen = value(torch.stack(states)).squeeze(1)
    wanted = torch.tensor(rewards)  # BUG: tensor-created-on-cpu
    loss = ((seen - wanted) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


for step in range(20):
    buffer.push(torch.rand(4, device=device), random.random())
    learn()
