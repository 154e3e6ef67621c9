import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.hidden = hidden
        self.rnn = nn.GRU(8, hidden)

    def init_hidden(self, batch: int, device: torch.device):
        return torch.zeros(1, batch, self.hidden, device=device)

    def forward(self, x):
        return self.rnn(x, self.init_hidden(x.size(1), x.device))
