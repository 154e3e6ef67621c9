"""Lengths of which nobody says that they are on a GPU."""
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence as pack


class Apart(nn.Module):
    """The caller keeps them on the host."""

    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(4, 4, batch_first=True)

    def forward(self, x, lengths: torch.Tensor):
        lengths = lengths.long().clamp(min=1)
        return self.rnn(pack(x, lengths, batch_first=True, enforce_sorted=False))


class Lists(Apart):
    """A list among the tensors of a batch."""

    def forward(self, batch):
        return self.rnn(pack(batch["x"], batch["n"], batch_first=True, enforce_sorted=False))


class MovesItself(nn.Module):
    """Counted before the words are moved."""

    def __init__(self, device):
        super().__init__()
        self.device = device
        self.embed = nn.Embedding(9, 4)
        self.rnn = nn.GRU(4, 4, batch_first=True)

    def forward(self, words):
        n = (words != 0).sum(dim=1)
        words = words.to(self.device)
        return self.rnn(pack(self.embed(words), n, batch_first=True, enforce_sorted=False))


class MovesParts(MovesItself):
    def forward(self, batch):
        x = batch["x"].to(self.device)
        n = torch.clamp(batch["n"], min=1)
        return self.rnn(pack(x, n, batch_first=True, enforce_sorted=False))


class TakesBack(Apart):
    def forward(self, batch):
        batch["n"] = batch["n"].cpu()
        n = torch.clamp(batch["n"], min=1)
        return self.rnn(pack(batch["x"], n, batch_first=True, enforce_sorted=False))


class OfShape(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(4, 4, batch_first=True)

    def forward(self, x):
        n = torch.full((x.size(0),), x.size(1))
        return self.rnn(pack(x, n, batch_first=True))


def by_hand(rnn, batch):
    n = torch.clamp(batch["n"], min=1)
    return rnn(pack(batch["x"], n, batch_first=True, enforce_sorted=False))
