import torch

grid = torch.randn(10000, 10000, 10000)  # BUG: allocation-impossible
print(grid.mean())
