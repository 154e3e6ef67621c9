# In place: what is written must be there, what is read may be 0-dim on the CPU.
import torch

x = torch.ones(3, device="cuda")
x += torch.tensor(2.0)
x.mul_(torch.tensor(0.5))
total = 0
total += x.sum()
kept = torch.zeros(3)
kept += x.cpu()
count = torch.tensor(0)
count += int(x.numel())
grad = torch.autograd.grad((x.requires_grad_() ** 2).sum(), x)[0]
print(total, kept, count, grad + x.detach())
