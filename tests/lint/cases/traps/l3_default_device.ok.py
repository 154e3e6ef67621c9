import torch

torch.set_default_device("cuda")
model = torch.nn.Linear(3, 3)
x = torch.rand(2, 3)
print(model(x).cpu().detach().numpy())
with torch.device("cpu"):
    y = torch.ones(3)
print(y.numpy())
