import torch

batch = torch.rand(8, 3).to("cuda")
batch = batch.pin_memory()  # BUG: pin-cuda-tensor
