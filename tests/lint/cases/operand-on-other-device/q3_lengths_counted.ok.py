"""How long each sentence is, is counted in the words themselves."""
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

PAD = 0


class BagOfWords(nn.Module):
    def __init__(self, n_words):
        super().__init__()
        self.embed = nn.Embedding(n_words, 32, padding_idx=PAD)
        self.rnn = nn.LSTM(32, 64, batch_first=True, bidirectional=True)

    def forward(self, words):
        n = (words != PAD).sum(dim=1).cpu()
        embedded = self.embed(words)
        packed = pack_padded_sequence(embedded, n, batch_first=True, enforce_sorted=False)
        return self.rnn(packed)[1][0]
