import torch

device = torch.device("cuda")
images = [torch.rand(3, 8, 8) for _ in range(4)]
images = images.to(device)  # BUG: to-on-container
