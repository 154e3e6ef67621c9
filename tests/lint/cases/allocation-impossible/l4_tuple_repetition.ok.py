import torch

table = torch.ones((1024,) * 3, dtype=torch.uint8, device="cuda")
print(table.sum())
