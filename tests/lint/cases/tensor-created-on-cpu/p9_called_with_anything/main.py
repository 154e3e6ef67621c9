import torch

from masking import mask_some
from store import fetch

print(torch.cuda.is_available(), mask_some(fetch("batch"), 0.15))
