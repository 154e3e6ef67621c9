import torch
from diffusers import StableDiffusionPipeline

device = torch.device("cuda")
pipe = StableDiffusionPipeline.from_pretrained("some/model", torch_dtype=torch.float16)
unet = pipe.unet
vae = pipe.vae
text_encoder = pipe.text_encoder
unet.to(device)
vae.to(device)
text_encoder.to(device)
pipe("a lighthouse in a storm").images[0].save("lighthouse.png")
