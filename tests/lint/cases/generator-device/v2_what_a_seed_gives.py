import torch

torch_device = "cuda"
generator = torch.manual_seed(7)
latents = torch.randn((1, 4, 64, 64), generator=generator, device=torch_device)  # BUG: generator-device
latents = latents.to(torch_device)
print(latents.mean())
