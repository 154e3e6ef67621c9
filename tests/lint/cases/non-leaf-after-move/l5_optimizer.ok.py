import torch

w = torch.randn(10, 1, device="cuda").requires_grad_()
b = torch.zeros(1, requires_grad=True, device="cuda")
opt = torch.optim.SGD([w, b], lr=0.01)
