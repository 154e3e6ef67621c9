import torch
from torch import nn


class Voices(nn.Module):
    def __init__(self, n_speakers, width):
        super().__init__()
        self.speakers = nn.Embedding(n_speakers, width)
        self.out = nn.Linear(width, width)

    def forward(self, frames, ids):
        """A single id is looked up as well: embedding wants one device, whatever the shape."""
        voice = self.speakers(ids.type(torch.LongTensor))  # BUG: type-as-moves-back
        return self.out(frames + voice)
