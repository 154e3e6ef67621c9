import os

import torch

os.environ["CUDA_VISIBLE_DEVICES"] = "1"  # BUG: cvd-after-import
model = torch.nn.Linear(2, 2).cuda()
