import torch
import torch.nn as nn


class Embed(nn.Embedding):
    def __init__(self, words, size):
        nn.Embedding.__init__(self, words, size, padding_idx=0)
        self.drop = nn.Dropout(0.1)

    def forward(self, ids):
        return self.drop(super().forward(ids))


table = Embed(1000, 64).to("cuda")
ids = torch.randint(0, 1000, (4, 16))
out = table(ids)  # BUG: input-not-moved
