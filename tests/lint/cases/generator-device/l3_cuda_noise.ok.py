import torch

g = torch.Generator(device="cuda")
g.manual_seed(0)
noise = torch.randn(4, 4, device="cuda", generator=g)
