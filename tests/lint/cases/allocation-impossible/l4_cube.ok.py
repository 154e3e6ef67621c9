import torch

grid = torch.randn(100, 100, 100)
print(grid.mean())
