import torch

w = torch.randn(10, 1, requires_grad=True).cuda()  # BUG: non-leaf-after-move
b = torch.zeros(1, requires_grad=True, device="cuda")
opt = torch.optim.SGD([w, b], lr=0.01)
