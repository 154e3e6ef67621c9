import torch

cache = torch.zeros(8, 1024, 1024, 1024)
weights = torch.zeros(30_000, 30_000, 4, dtype=torch.bfloat16, device="cuda")
index = torch.arange(10 ** 9)
