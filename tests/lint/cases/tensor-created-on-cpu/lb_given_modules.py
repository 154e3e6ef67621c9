"""Parts that the caller hands to the constructor: their results are where the whole is."""
from typing import Optional

import torch
from torch import nn


class TwoTowers(nn.Module):
    def __init__(self, table: Optional[nn.Module] = None, text: nn.Module = None, n_out=1):
        super().__init__()
        self.table = table
        self.text = text
        self.n_out = n_out

    def forward(self, batch):
        if self.table is None:
            total = torch.zeros(batch["text"].size(0), self.n_out)  # BUG: tensor-created-on-cpu
        else:
            total = self.table(batch["table"])
        return total.add_(self.text(batch["text"]))


class Captioner(nn.Module):
    def __init__(self, encoder, decoder, max_len):
        super().__init__()
        self.encoder, self.max_len = encoder, max_len
        self.decoder = decoder

    def forward(self, image, words):
        out = self.decoder(words, self.max_len)
        blank = torch.full((out.size(0), 1), -1.0)  # BUG: tensor-created-on-cpu
        return torch.cat([out, blank], dim=1)
