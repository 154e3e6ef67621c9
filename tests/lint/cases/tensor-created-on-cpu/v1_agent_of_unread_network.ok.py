import torch
from networks import QNetwork


class Agent:
    def __init__(self, n_states, n_actions):
        self.device = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
        self.local = QNetwork(n_states, n_actions)
        self.local.to(self.device)
        self.optimizer = torch.optim.Adam(self.local.parameters(), lr=1e-3)

    def act(self, state):
        state = torch.from_numpy(state).float().unsqueeze(0).to(self.device)
        self.local.eval()
        with torch.no_grad():
            values = self.local(state)
        self.local.train()
        return int(values.argmax())
