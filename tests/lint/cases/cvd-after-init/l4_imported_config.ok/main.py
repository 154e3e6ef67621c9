import os

os.environ["CUDA_VISIBLE_DEVICES"] = "0"

from config import DEVICE

import torch

print(torch.ones(2).to(DEVICE))
