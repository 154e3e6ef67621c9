import numpy as np
import torch
from policies import build_policy


class Pilot:
    def __init__(self, sizes, lr):
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.policy = build_policy(sizes).to(self.device)
        self.optimizer = torch.optim.Adam(self.policy.parameters(), lr=lr)
        self.seen = np.zeros((1, sizes[0]))

    def choose(self):
        seen = torch.from_numpy(self.seen).float()  # BUG: tensor-created-on-cpu
        row = seen.unsqueeze(0)
        self.policy.eval()
        with torch.no_grad():
            values = self.policy(row)
        self.policy.train()
        return values.argmax()
