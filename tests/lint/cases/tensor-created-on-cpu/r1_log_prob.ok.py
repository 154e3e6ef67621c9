import torch
import torch.nn as nn
from torch.distributions import Categorical

device = torch.device("cuda")
policy = nn.Linear(4, 2).to(device)
states = torch.randn(10, 4, device=device)
actions = torch.randint(0, 2, (10,)).to(device)
dist = Categorical(logits=policy(states))
loss = -(dist.log_prob(actions) * torch.ones(10, device=device)).mean()
loss.backward()
