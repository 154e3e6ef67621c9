import torch
from torch import nn


class Prompt(nn.Module):
    def __init__(self, length, dim, device="cuda"):
        super().__init__()
        prompt = nn.Parameter(torch.empty(length, dim))
        nn.init.normal_(prompt, std=0.02)
        self.prompt = prompt.to("cuda:0")  # BUG: parameter-moved-becomes-tensor

    def forward(self, emb):
        return torch.cat([self.prompt.expand(emb.shape[0], -1, -1), emb], dim=1)
