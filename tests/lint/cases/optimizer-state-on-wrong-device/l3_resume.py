import torch

model = torch.nn.Linear(4, 1)
optimizer = torch.optim.Adam(model.parameters())
checkpoint = torch.load("last.pt", map_location="cpu")
model.load_state_dict(checkpoint["model"])
optimizer.load_state_dict(checkpoint["optimizer"])  # BUG: optimizer-state-on-wrong-device
model.to("cuda")
loss = model(torch.rand(2, 4, device="cuda")).sum()
loss.backward()
optimizer.step()
