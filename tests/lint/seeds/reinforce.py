import math
import random
from collections import deque

import numpy as np
import torch
import torch.nn as nn
import torch.optim as optim
from torch.distributions import Categorical

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Pole:
    """A pole on a cart, roughly."""

    def reset(self):
        self.state = np.random.uniform(-0.05, 0.05, size=4).astype(np.float32)
        self.t = 0
        return self.state

    def step(self, action):
        push = 1.0 if action == 1 else -1.0
        x, v, angle, w = self.state
        w = w + 0.1 * math.sin(angle) + 0.05 * push
        self.state = np.array([x + 0.02 * v, v + 0.1 * push, angle + 0.02 * w, w], dtype=np.float32)
        self.t += 1
        done = bool(abs(angle) > 0.5 or self.t > 30)
        return self.state, 1.0, done


class Policy(nn.Module):
    def __init__(self, s_size=4, h_size=16, a_size=2):
        super().__init__()
        self.fc1 = nn.Linear(s_size, h_size)
        self.fc2 = nn.Linear(h_size, a_size)

    def forward(self, x):
        x = torch.relu(self.fc1(x))
        return torch.softmax(self.fc2(x), dim=1)

    def act(self, state):
        state = torch.from_numpy(state).float().unsqueeze(0).to(device)
        probs = self.forward(state)
        m = Categorical(probs)
        action = m.sample()
        return action.item(), m.log_prob(action)


def reinforce(policy, optimizer, env, episodes, gamma):
    scores = deque(maxlen=100)
    for episode in range(episodes):
        saved_log_probs = []
        rewards = []
        state = env.reset()
        for _ in range(50):
            action, log_prob = policy.act(state)
            saved_log_probs.append(log_prob)
            state, reward, done = env.step(action)
            rewards.append(reward)
            if done:
                break
        scores.append(sum(rewards))
        returns = deque()
        for r in rewards[::-1]:
            returns.appendleft(r + gamma * (returns[0] if returns else 0.0))
        returns = torch.tensor(list(returns), dtype=torch.float32).to(device)
        returns = (returns - returns.mean()) / (returns.std() + 1e-8)
        policy_loss = -(torch.cat(saved_log_probs) * returns).sum()
        optimizer.zero_grad()
        policy_loss.backward()
        optimizer.step()
    return np.mean(scores)


if __name__ == "__main__":
    random.seed(1)
    np.random.seed(1)
    policy = Policy().to(device)
    optimizer = optim.Adam(policy.parameters(), lr=1e-2)
    print(reinforce(policy, optimizer, Pole(), 5, 0.99))
