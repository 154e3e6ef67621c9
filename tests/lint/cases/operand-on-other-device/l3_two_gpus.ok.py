import torch

a = torch.rand(8, 8, device="cuda:0")
b = torch.rand(8, 8, device="cuda:1")
c = torch.matmul(a, b.to(a.device))
print(c.sum().item())
