import torch

g = torch.Generator()
g.manual_seed(0)
noise = torch.randn(4, 4, device="cuda", generator=g)  # BUG: generator-device
