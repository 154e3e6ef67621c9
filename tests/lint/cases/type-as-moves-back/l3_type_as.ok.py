import torch

device = "cuda"
template = torch.zeros(1)
model = torch.nn.Linear(5, 5).to(device)
x = torch.rand(2, 5).type_as(template).to(device)
print(model(x))
