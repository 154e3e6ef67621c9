import torch
import torch.nn as nn
import torch.nn.functional as F


class CausalSelfAttention(nn.Module):
    def __init__(self, n_embd, block_size):
        super().__init__()
        self.qkv = nn.Linear(n_embd, 3 * n_embd)
        self.register_buffer("mask", torch.tril(torch.ones(block_size, block_size)))

    def forward(self, x):
        B, T, C = x.size()
        q, k, v = self.qkv(x).split(C, dim=2)
        att = q @ k.transpose(-2, -1)
        att = att.masked_fill(self.mask[:T, :T] == 0, float("-inf"))
        return F.softmax(att, dim=-1) @ v


device = "cuda" if torch.cuda.is_available() else "cpu"
model = CausalSelfAttention(64, 128).to(device)
