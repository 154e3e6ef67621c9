import torch

model = torch.nn.Linear(16, 16)
model.half().cuda()
x = torch.rand(2, 16).half().cuda()
print(model(x))
