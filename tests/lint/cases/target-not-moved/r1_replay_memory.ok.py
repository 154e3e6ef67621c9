import random
from collections import deque, namedtuple

import torch
import torch.nn as nn
import torch.nn.functional as F

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
Step = namedtuple("Step", ("state", "action", "reward"))
q = nn.Linear(4, 2).to(device)
optimizer = torch.optim.Adam(q.parameters())
memory = deque([], maxlen=100)


def learn():
    batch = Step(*zip(*random.sample(memory, 4)))
    states, actions, rewards = torch.cat(batch.state), torch.cat(batch.action), torch.cat(batch.reward)
    value = q(states).gather(1, actions).squeeze(1)
    loss = F.smooth_l1_loss(value, rewards)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


for i in range(6):
    state = torch.randn(1, 4).to(device)
    action = torch.tensor([[i % 2]], device=device)
    reward = torch.tensor([float(i)], device=device)
    memory.append(Step(state, action, reward))
learn()
