import torch
from torch import nn


class Windowed(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.n = n
        self.window = torch.hann_window(n)  # BUG: tensor-attr-not-buffer

    def framed(self, x):
        return x.unfold(-1, self.n, self.n // 2) * self.window
