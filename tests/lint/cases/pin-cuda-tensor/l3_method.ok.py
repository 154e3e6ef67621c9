import torch

batch = torch.rand(8, 3)
batch = batch.pin_memory()
