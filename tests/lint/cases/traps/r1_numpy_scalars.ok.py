# A scalar that NumPy gives is no dimension; a tensor of it is 0-dim and may meet the GPU.
import numpy as np
import torch

x = torch.ones(4, device="cuda")
scale = torch.tensor(np.random.randint(1, 5))
low, high = np.array([1.0, 2.0]), np.float64(3)
print(x * scale, x * torch.tensor(low[0]), x + torch.tensor(high), x * torch.tensor(low.mean()), x / torch.as_tensor(low.sum()))
rows = np.arange(4)
print(x[rows], x[rows[1]], x[rows > 1])
