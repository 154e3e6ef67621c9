import torch

model = torch.nn.Linear(3, 1).to("cuda")
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
optimizer.to("cuda")  # BUG: to-on-non-tensor
