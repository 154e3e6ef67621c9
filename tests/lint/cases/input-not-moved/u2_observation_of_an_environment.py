import gym
import torch
from torch import nn


class Policy(nn.Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(n_in, 64), nn.Tanh(), nn.Linear(64, n_out))

    def forward(self, x):
        return self.body(x).softmax(-1)


env = gym.make("CartPole-v1")
policy = Policy(4, 2).cuda()
state = env.reset()
for t in range(500):
    probs = policy(torch.Tensor(state))  # BUG: input-not-moved
    action = torch.multinomial(probs, 1).item()
    state, reward, done, info = env.step(action)
    if done:
        break
