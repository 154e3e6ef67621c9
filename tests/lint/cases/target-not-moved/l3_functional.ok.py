import torch
import torch.nn.functional as F

net = torch.nn.Linear(8, 2).cuda()
x = torch.randn(16, 8).cuda()
labels = torch.zeros(16, dtype=torch.long, device="cuda")
loss = F.cross_entropy(net(x), labels)
loss.backward()
