import torch


class Affine(torch.nn.Module):
    def __init__(self, n):
        super().__init__()
        self.w = torch.nn.Parameter(torch.randn(n))
        self.register_buffer("shift", torch.zeros(n))
        self.register_buffer("gain", torch.ones(n))
        self.consts = (self.shift, self.gain)  # BUG: buffer-aliased-in-list

    def forward(self, x):
        shift, gain = self.consts
        return (x * self.w) * gain + shift
