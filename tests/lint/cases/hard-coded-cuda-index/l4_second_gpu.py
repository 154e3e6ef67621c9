import torch

device = torch.device("cuda:1" if torch.cuda.is_available() else "cpu")  # BUG: hard-coded-cuda-index
x = torch.ones(3, device=device)
