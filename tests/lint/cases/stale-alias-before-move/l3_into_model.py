import torch

model = torch.nn.Linear(2, 2).cuda()
data = torch.rand(3, 2)
inputs = data
data = data.cuda()
print(model(inputs))  # BUG: stale-alias-before-move
