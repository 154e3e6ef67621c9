import torch

table = torch.ones((1024,) * 5, dtype=torch.uint8, device="cuda")  # BUG: allocation-impossible
print(table.sum())
