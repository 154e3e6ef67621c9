# What a network makes for its callers, who hand it back to it.
import pytorch_lightning as pl
import torch
from torch import nn


class Speech(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(3, 8)
        self.last = nn.Linear(8, 2)

    def first_state(self, n):
        return torch.zeros(1, n, 8, device=self.last.weight.device), torch.zeros(1, n, 8, device=self.last.weight.device)

    def forward(self, x, state):
        out, state = self.rnn(x, state)
        return self.last(out), state


class Names(pl.LightningModule):
    def __init__(self, n):
        super().__init__()
        self.embed = nn.Embedding(n, 16)
        self.rnn = nn.GRU(16, 32)
        self.loss = nn.CrossEntropyLoss()

    def forward(self, letters, state):
        return self.rnn(self.embed(letters), state)[0]

    def start(self, n):
        return torch.zeros(1, n, 32, device=self.device)

    def training_step(self, batch, batch_idx):
        letters, following = batch
        guess = self(letters, self.start(letters.size(1)))
        return self.loss(guess.flatten(0, 1), following.flatten())


speech = Speech().cuda()
state = speech.first_state(4)
for step in range(3):
    x = torch.randn(5, 4, 3).cuda()
    out, state = speech(x, state)
    state = tuple(s.detach() for s in state)
