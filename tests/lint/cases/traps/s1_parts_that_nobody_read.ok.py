import torch
from torch import nn

from .matching import HungarianMatcher
from .text import Tokenizer, build_transform
from .vocab import Vocabulary


class Criterion(nn.Module):
    """What the matcher gives are places on the CPU."""

    def __init__(self, cfg):
        super().__init__()
        self.matcher = HungarianMatcher(cfg)
        self.tokenize = Tokenizer(cfg.vocab)
        self.transform = build_transform(cfg)
        self.vocab = Vocabulary()
        self.linear = nn.Linear(4, 4)

    def forward(self, outputs: torch.Tensor, targets):
        rows, columns = self.matcher(outputs, targets)
        order = torch.arange(len(rows)) + rows
        ids = self.tokenize(targets)
        mask = torch.zeros(len(ids)) + ids
        image = self.transform(targets) + torch.ones(3)
        word = self.vocab(outputs) * torch.ones(3)
        return order, mask, image, word


class Scheduled(nn.Module):
    """A part that is moved to the CPU by its own words."""

    def __init__(self, net):
        super().__init__()
        self.net = net
        self.features = net.make_features().cpu()
        self.table = net.lengths()

    def forward(self, x: torch.Tensor):
        lengths = torch.arange(10) + self.table
        return self.net(x), lengths
