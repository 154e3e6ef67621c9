import torch

device = torch.device("cuda:1")
model = torch.nn.Linear(4, 4).to(device)
x = torch.rand(2, 4).to(device)
print(model(x))
