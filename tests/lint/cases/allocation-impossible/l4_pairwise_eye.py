import torch

N = 3_000_000
identity = torch.eye(N, dtype=torch.double)  # BUG: allocation-impossible
links = torch.randint(0, 9, (N, 2))
