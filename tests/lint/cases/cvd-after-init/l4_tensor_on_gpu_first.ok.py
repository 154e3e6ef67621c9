from os import environ

import torch

probe = torch.zeros(1)
del probe
environ["CUDA_VISIBLE_DEVICES"] = "0"
x = torch.randn(4, 4, device="cuda")
