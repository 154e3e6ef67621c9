import torch

from masking import mask_some

print(torch.cuda.is_available(), mask_some(torch.tensor([[5, 7], [1, 2]]), 0.15))
