import torch

sample = {"image": torch.rand(3, 4, 4), "label": torch.tensor([1])}
sample = {k: v.cuda() for k, v in sample.items()}
