import torch
import torch.nn.functional as F

gpu = 2
net = torch.nn.Linear(4, 3).cuda(gpu)
out = net(torch.rand(5, 4).cuda(gpu))
y = torch.zeros(5, dtype=torch.long).cuda()  # BUG: wrong-gpu-cuda-call
print(F.cross_entropy(out, y))
