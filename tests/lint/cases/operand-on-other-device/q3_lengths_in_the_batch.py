"""A recurrent encoder that takes all it needs out of one dict."""
import torch
import torch.nn as nn
import torch.nn.utils.rnn as rnn_utils


class SentenceEncoder(nn.Module):
    def __init__(self, width: int, hidden: int):
        super().__init__()
        self.gru = nn.GRU(width, hidden, batch_first=True)

    def forward(self, batch):
        vectors = batch["vectors"]
        counts = torch.clamp(batch["counts"], min=1)
        packed = rnn_utils.pack_padded_sequence(vectors, counts, batch_first=True, enforce_sorted=False)  # BUG: operand-on-other-device
        _, last = self.gru(packed)
        return last.squeeze(0)
