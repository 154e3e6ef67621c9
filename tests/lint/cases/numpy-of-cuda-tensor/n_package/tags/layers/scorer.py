import torch

import tags


class Scorer(torch.nn.Module):
    def __init__(self, n, *, smooth=False, bias=True, norm=False):
        super().__init__()
        self.n = n
        if smooth:
            self.smooth = torch.nn.Conv1d(n, n, 3)
        if bias:
            self.bias = torch.nn.Parameter(torch.zeros(n))
        if norm:
            self.norm = torch.nn.LayerNorm(n)
        self.steps = torch.nn.Parameter(torch.randn(n, n))
        self.to(tags.device)
