import torch
from diffusers import StableDiffusionXLPipeline

pipe = StableDiffusionXLPipeline.from_pretrained("some/model", torch_dtype=torch.float16)  # BUG: half-on-cpu
pipe.enable_vae_slicing()
pipe.set_progress_bar_config(disable=True)
pipe("a red bicycle").images[0].save("bicycle.png")
