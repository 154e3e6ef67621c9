import torch
from diffusers import StableDiffusionPipeline

pipe = StableDiffusionPipeline.from_pretrained("some/model", torch_dtype=torch.float16).to("cuda")
pipe("a lighthouse in a storm").images[0].save("lighthouse.png")
