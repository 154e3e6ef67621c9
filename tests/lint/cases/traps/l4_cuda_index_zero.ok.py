import torch

device = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
x = torch.ones(3, device=device)
if torch.cuda.device_count() > 1:
    y = x.to("cuda:1")
