import torch
from einops import rearrange
from torch import nn

device = "cuda" if torch.cuda.is_available() else "cpu"
embed = nn.Linear(48, 32).to(device)
images = torch.rand(2, 3, 16, 16)
patches = rearrange(images, "b c (h p) (w q) -> b (h w) (p q c)", p=4, q=4)
print(embed(patches).shape)  # BUG: input-not-moved
