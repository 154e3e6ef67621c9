import torch

sample = {"image": torch.rand(3, 4, 4), "label": torch.tensor([1])}
sample.cuda()  # BUG: to-on-container
