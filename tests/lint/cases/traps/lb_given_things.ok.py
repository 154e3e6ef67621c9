"""What a constructor is given need not be a module: tokenizers and collators work on the CPU, and a table's sizes are numbers."""
import torch
from torch import nn


class Retriever(nn.Module):
    def __init__(self, tokenizer, encoder, score_fn, widths):
        super().__init__()
        self.tokenizer = tokenizer
        self.encoder = encoder
        self.score_fn = score_fn
        self.widths = widths
        self.register_buffer("anchor", torch.zeros(1))

    def forward(self, texts):
        tokens = self.tokenizer(texts)
        ids = torch.cat([tokens["ids"], torch.zeros(1, 2, dtype=torch.long)], dim=0)
        scores = self.score_fn(torch.ones(3))
        found = self.encoder(ids.to(self.anchor.device))
        return found * self.widths[0] + scores.to(found.device).sum()

    def plan(self, n):
        return torch.arange(n) * self.widths[1] + torch.ones(n) * len(self.widths)


class Gate(nn.Module):
    def __init__(self, gate: nn.Module, limit: float = 1.0):
        super().__init__()
        self.gate = gate
        self.limit = limit

    def forward(self, x):
        factor = torch.tensor(self.limit)
        return self.gate(x) * factor + self.gate(x).new_zeros(3)

    def extra_repr(self):
        return str(torch.ones(2) * self.gate.width)
