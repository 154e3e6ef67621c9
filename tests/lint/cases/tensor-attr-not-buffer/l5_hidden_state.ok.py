import torch
from torch import nn


class CharRNN(nn.Module):
    def __init__(self, vocab, hidden):
        super().__init__()
        self.emb = nn.Embedding(vocab, hidden)
        self.rnn = nn.GRU(hidden, hidden)
        self.out = nn.Linear(hidden, vocab)
        self.h0 = nn.Parameter(torch.zeros(1, 1, hidden), requires_grad=False)

    def forward(self, seq):
        y, _ = self.rnn(self.emb(seq), self.h0)
        return self.out(y)


net = CharRNN(50, 32)
net.cuda()
