import torch

N = 3_000_000
identity = torch.eye(3, dtype=torch.double)
links = torch.randint(0, 9, (N, 2))
