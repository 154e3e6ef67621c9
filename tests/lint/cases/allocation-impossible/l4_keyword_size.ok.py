import torch

pairs = torch.full(size=[1 << 11, 1 << 11], fill_value=0.0).cuda()
