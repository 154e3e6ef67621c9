import torch

x = torch.rand(4, 4, device="cuda")
scale = torch.tensor(0.5)
print(scale * x, torch.where(x > 0.5, x, torch.tensor(0.0)), x + torch.zeros(()))
