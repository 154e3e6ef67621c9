import torch

if torch.backends.mps.is_available:  # BUG: code-is-available-not-called
    device = torch.device("mps")
elif torch.cuda.is_available():
    device = torch.device("cuda")
else:
    device = torch.device("cpu")
print(torch.ones(2, device=device))
