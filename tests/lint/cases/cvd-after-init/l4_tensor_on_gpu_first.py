from os import environ

import torch

probe = torch.zeros(1).cuda()
del probe
environ["CUDA_VISIBLE_DEVICES"] = "0"  # BUG: cvd-after-init
x = torch.randn(4, 4, device="cuda")
