import torch
from autoencoders import build

device = "cuda" if torch.cuda.is_available() else "cpu"

vae = build("celeba")
vae.to(device)
vae.eval()
faces = vae.decode(torch.randn(64, 128))  # BUG: tensor-created-on-cpu
print(faces.mean().item())
