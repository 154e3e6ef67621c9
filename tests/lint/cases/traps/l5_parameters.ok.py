"""Parameters and leaves that may be moved."""
import torch
import torch.nn as nn


class Later(nn.Module):
    def __init__(self, n, device):
        super().__init__()
        self.a = nn.Parameter(torch.zeros(n)).to("cpu")
        self.b = nn.Parameter(torch.zeros(n).to(device))
        self.c = nn.Parameter(nn.Parameter(torch.zeros(n)).to(device))
        self.d = nn.ParameterList([nn.Parameter(torch.zeros(n))]).to(device)
        self.e = nn.Parameter(torch.zeros(n)).to(torch.float64)
        self.f = nn.Parameter(torch.zeros(n), requires_grad=False).to(device)

    def forward(self, x):
        moved = self.b.to(x.device)
        return x * moved


x = torch.randn(3, requires_grad=True)
y = x.cuda()
y.sum().backward()
print(x.grad)

w = torch.randn(3, requires_grad=True).cuda()
w = w.detach().requires_grad_()
opt = torch.optim.SGD([w], lr=0.1)

v = torch.randn(3).cuda()
v.requires_grad = True
v.sum().backward()
print(v.grad)

u = torch.randn(3, requires_grad=True).to("cpu")
torch.optim.SGD([u], lr=0.1)

z = torch.randn(3, requires_grad=True).cuda()
z.retain_grad()
z.sum().backward()
print(z.grad)

t = nn.Parameter(torch.randn(3)).cuda().detach()
print(t)
