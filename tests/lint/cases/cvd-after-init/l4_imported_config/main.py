import os

from config import DEVICE

os.environ["CUDA_VISIBLE_DEVICES"] = "0"  # BUG: cvd-after-init

import torch

print(torch.ones(2).to(DEVICE))
