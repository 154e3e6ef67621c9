import torch

model = torch.nn.Linear(4, 2)
optimizer = torch.optim.Adam(model.parameters())  # BUG: optimizer-before-move
model.to("cuda")
model(torch.rand(1, 4, device="cuda")).sum().backward()
optimizer.step()
