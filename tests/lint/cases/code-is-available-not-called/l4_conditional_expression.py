import torch

device = torch.device("cuda" if torch.cuda.is_available else "cpu")  # BUG: code-is-available-not-called
x = torch.ones(3, device=device)
