"""A class attribute is changed between two calls that are alike: they do not give the same."""
import torch


class Maker:
    device = "cpu"

    def make(self, n):
        grid = torch.zeros(n, n, device=self.device)
        shifted = grid + 1
        scaled = shifted * 2
        return scaled.reshape(-1)


maker = Maker()
x = torch.ones(9, device="cuda")
first = maker.make(3)
Maker.device = "cuda"
second = maker.make(3)
print(x + second)
print(x.cpu() + first)
