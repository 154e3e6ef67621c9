import torch

pairs = torch.full(size=[1 << 21, 1 << 21], fill_value=0.0).cuda()  # BUG: allocation-impossible
