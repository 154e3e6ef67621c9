import torch

use_cuda = torch.cuda.is_available()
kwargs = {"num_workers": 2, "pin_memory": True} if use_cuda else {}
device = torch.device("cuda" if use_cuda else "cpu")
print(torch.zeros(2, device=device), kwargs)
