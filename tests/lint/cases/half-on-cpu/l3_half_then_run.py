import torch

model = torch.nn.Linear(16, 16)
model.half()  # BUG: half-on-cpu
x = torch.rand(2, 16).half()
print(model(x))
