import torch


class Affine(torch.nn.Module):
    def __init__(self, n):
        super().__init__()
        self.w = torch.nn.Parameter(torch.randn(n))
        self.shift = torch.nn.Parameter(torch.zeros(n), requires_grad=False)
        self.gain = torch.nn.Parameter(torch.ones(n), requires_grad=False)
        self.consts = (self.shift, self.gain)

    def forward(self, x):
        shift, gain = self.consts
        return (x * self.w) * gain + shift
