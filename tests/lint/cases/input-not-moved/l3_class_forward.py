import torch
import torch.nn as nn


class Tagger(nn.Module):
    def __init__(self, vocab, hidden):
        super().__init__()
        self.embed = nn.Embedding(vocab, hidden)
        self.lstm = nn.LSTM(hidden, hidden, batch_first=True)
        self.out = nn.Linear(hidden, 5)

    def forward(self, tokens):
        states, _ = self.lstm(self.embed(tokens))
        return self.out(states)


tagger = Tagger(1000, 64)
tagger.cuda()
tokens = torch.randint(0, 1000, (2, 7))
print(tagger(tokens).shape)  # BUG: input-not-moved
