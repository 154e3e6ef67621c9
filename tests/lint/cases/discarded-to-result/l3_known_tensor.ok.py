import torch

weights = torch.ones(10)
weights = weights.cuda()
net = torch.nn.Linear(10, 1).cuda()
print(net(torch.rand(3, 10).cuda()))
