import torch
from torch import nn
from vector_quantize_pytorch import VectorQuantize

from .blocks import Block, build_encoder


class Quantised(nn.Module):
    """The layer of a library in the middle."""

    def __init__(self, dim, heads):
        super().__init__()
        self.stem = nn.Conv2d(3, dim, 4, stride=4)
        self.vq = VectorQuantize(dim=dim, codebook_size=128)
        self.head = nn.Linear(dim + 2, 10)

    def forward(self, x):
        x = self.stem(x).flatten(2).transpose(1, 2)
        x, indices, commit_loss = self.vq(x)
        n = x.shape[1]
        coords = torch.stack((torch.arange(n, device=x.device), torch.arange(n, device=x.device)), dim=-1)
        x = torch.cat([x, coords.expand(len(x), -1, -1)], dim=2)
        return self.head(x), commit_loss


class Flow(nn.Module):
    """Steps that the caller brings."""

    def __init__(self, flows):
        super().__init__()
        self.flows = nn.ModuleList(flows)

    def forward(self, z):
        total = torch.zeros(z.shape[0], device=z.device)
        for flow in self.flows:
            z, logdet = flow(z)
            total += logdet
        return z, total


class Stack(nn.Module):
    def __init__(self, depth, width):
        super().__init__()
        self.blocks = nn.ModuleList([Block(width) for _ in range(depth)])

    def forward(self, tokens: torch.Tensor):
        for block in self.blocks:
            tokens = block(tokens)
        penalty = torch.ones(tokens.shape[-1], device=tokens.device)
        return tokens * penalty


class Encoded(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        self.encoder = build_encoder(cfg)
        self.out = nn.Linear(cfg.width, 1)

    def forward(self, images):
        features = self.encoder(images)
        noise = torch.randn(len(features), 64, device=images.device)
        return self.out(torch.cat((features, noise), dim=1))
