import torch

model = torch.nn.Linear(4, 2)
model.to("cuda")
optimizer = torch.optim.Adam(model.parameters())
model(torch.rand(1, 4, device="cuda")).sum().backward()
optimizer.step()
