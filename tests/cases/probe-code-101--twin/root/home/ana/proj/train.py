import torch
model = torch.nn.Linear(8, 8).to('cuda')
