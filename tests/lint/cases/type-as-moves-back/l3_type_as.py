import torch

device = "cuda"
template = torch.zeros(1)
model = torch.nn.Linear(5, 5).to(device)
x = torch.rand(2, 5).to(device).type_as(template)  # BUG: type-as-moves-back
print(model(x))
