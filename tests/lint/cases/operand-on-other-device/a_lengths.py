import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(16, 32, batch_first=True)
        self.head = nn.Linear(32, 5)

    def forward(self, words, lengths):
        packed = pack_padded_sequence(words, lengths, batch_first=True, enforce_sorted=False)  # BUG: operand-on-other-device
        states, _ = pad_packed_sequence(self.rnn(packed)[0], batch_first=True)
        return self.head(states)


device = torch.device("cuda")
tagger = Tagger().to(device)
words = torch.randn(4, 9, 16, device=device)
lengths = torch.tensor([9, 7, 4, 2]).to(device)
print(tagger(words, lengths).shape)
