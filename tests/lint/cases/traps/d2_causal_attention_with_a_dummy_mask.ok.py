# is_causal=True without weights: torch drops the mask, so that it does not matter where it is.
import torch
import torch.nn as nn


class Block(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.attention = nn.MultiheadAttention(dim, 4, batch_first=True)

    def forward(self, x, causal=True):
        y, _ = self.attention(x, x, x, is_causal=causal, attn_mask=torch.empty(1, 1), need_weights=False)
        return x + y


device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
block = Block(16).to(device)
print(block(torch.rand(2, 5, 16, device=device)).mean().item())
