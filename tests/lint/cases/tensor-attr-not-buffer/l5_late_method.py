import torch
import torch.nn as nn


class Quantizer(nn.Module):
    def __init__(self, dim, n_codes):
        super(Quantizer, self).__init__()
        self.dim = dim
        self.pre = nn.Linear(dim, dim)
        self.reset(n_codes)

    def reset(self, n_codes):
        self.codebook = torch.randn(n_codes, self.dim)  # BUG: tensor-attr-not-buffer

    def forward(self, z):
        z = self.pre(z)
        d = torch.cdist(z, self.codebook)
        return d.argmin(dim=-1)


q = Quantizer(16, 512).to(device="cuda")
