import random
from collections import deque

import numpy as np
import torch
import torch.nn as nn


class Agent:
    def __init__(self, states, actions):
        self.memory = deque(maxlen=500)
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.net = nn.Sequential(nn.Linear(states, 24), nn.ReLU(), nn.Linear(24, actions)).to(self.device)
        self.optimizer = torch.optim.Adam(self.net.parameters(), lr=1e-3)

    def remember(self, *step):
        self.memory.append(step)

    def learn(self, n):
        s, a, r, s2 = zip(*random.sample(self.memory, n))
        s = torch.FloatTensor(np.array(s)).to(self.device)
        a = torch.LongTensor(a).to(self.device)
        r = torch.FloatTensor(r)  # BUG: tensor-created-on-cpu
        s2 = torch.FloatTensor(np.array(s2)).to(self.device)
        q = self.net(s).gather(1, a.unsqueeze(1)).squeeze(1)
        with torch.no_grad():
            wanted = r + 0.95 * self.net(s2).max(1)[0]
        loss = nn.functional.mse_loss(q, wanted)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()


agent = Agent(3, 2)
state = np.random.rand(3)
for step in range(40):
    after = np.random.rand(3)
    agent.remember(state, step % 2, 1.0, after)
    state = after
    if len(agent.memory) > 16:
        agent.learn(8)
