import torch
import torch.nn as nn

from .losses import sparsity


class Autoencoder(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.encoder = nn.Linear(inputs, hidden)
        self.decoder = nn.Linear(hidden, inputs)
        self.register_buffer("scale", torch.ones(inputs))

    def forward(self, x):
        code = torch.sigmoid(self.encoder(x / self.scale))
        return self.decoder(code) * self.scale, sparsity(code)
