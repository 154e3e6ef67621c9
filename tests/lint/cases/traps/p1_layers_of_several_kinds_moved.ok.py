"""A Sequential of a list that grew in a loop, layers of several kinds: it is moved with the module that holds it."""
import sys

import torch
from torch import nn


class MLP(nn.Module):
    def __init__(self, sizes, bias=True, act=nn.Tanh):
        super().__init__()
        layers = []
        for i in range(len(sizes) - 1):
            layers.append(nn.Linear(sizes[i], sizes[i + 1], bias=bias))
            if i < len(sizes) - 2:
                layers.append(act())
        self.model = nn.Sequential(*layers)

    def forward(self, x):
        return self.model(x)


class Mixed(nn.Module):
    def __init__(self, width, kinds):
        super().__init__()
        self.blocks = nn.ModuleList()
        for kind in kinds:
            self.blocks.append(nn.LayerNorm(width) if kind == "norm" else MLP((width, width)))

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return x


class Captions(nn.Module):
    def __init__(self, length, size, kind):
        super().__init__()
        self.words = nn.Embedding(100, 16)
        if kind == "mlp":
            self.project = MLP((size, 8 * length, 16 * length))
        else:
            self.project = Mixed(16, ["norm", "mlp"])

    def forward(self, tokens, prefix):
        return torch.cat((self.project(prefix).view(len(tokens), -1, 16), self.words(tokens)), dim=1)


class OnlyProject(Captions):
    def parameters(self, recurse: bool = True):
        return self.project.parameters()

    def train(self, mode: bool = True):
        super().train(mode)
        self.words.eval()
        return self


def train(data, model, rounds):
    device = torch.device("cuda:0")
    model = model.to(device)
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    loader = torch.utils.data.DataLoader(data, batch_size=4)
    for _ in range(rounds):
        for tokens, prefix in loader:
            model.zero_grad()
            tokens, prefix = tokens.to(device), prefix.to(device, dtype=torch.float32)
            loss = model(tokens, prefix).mean()
            loss.backward()
            optimizer.step()


if __name__ == "__main__":
    texts = torch.utils.data.TensorDataset(torch.zeros(8, 4, dtype=torch.long), torch.zeros(8, 512))
    train(texts, OnlyProject(10, 512, sys.argv[1]), 2)
    train(texts, Captions(10, 512, sys.argv[1]), 2)
    train(texts, Captions(10, 512, sys.argv[1]), 2)
