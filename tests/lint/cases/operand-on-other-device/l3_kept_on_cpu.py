import torch

device = "cuda"
model = torch.nn.Linear(4, 4).to(device)
x = torch.rand(2, 4, device=device)
features = model(x).detach().cpu()
centre = x.mean(dim=0, keepdim=True)
distance = features - centre  # BUG: operand-on-other-device
print(distance.norm().item())
