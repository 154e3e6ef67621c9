import random

import torch
import torch.nn as nn

device = torch.device("cuda")
nets = [nn.Linear(2, 2) for _ in range(random.randint(1, 9))]
for net in nets:
    net.to(device)
chosen = random.choice(nets)
print(chosen(torch.rand(1, 2, device=device)))
