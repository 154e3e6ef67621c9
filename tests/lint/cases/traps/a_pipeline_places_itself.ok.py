# Offloading moves each part to the GPU when its turn comes; a part goes where the pipeline goes; images are on the host.
import numpy as np
import torch
from diffusers import AutoencoderKL, DiffusionPipeline

vae = AutoencoderKL.from_pretrained("some/vae", torch_dtype=torch.float16)
pipe = DiffusionPipeline.from_pretrained("some/model", vae=vae, torch_dtype=torch.float16)
pipe.enable_model_cpu_offload()
print(np.asarray(pipe("a lighthouse").images[0]).shape)

decoder = AutoencoderKL.from_pretrained("some/vae")
other = DiffusionPipeline.from_pretrained("some/model", vae=decoder)
other = other.to("cuda")
print(np.asarray(other("a storm").images[0]).shape)
latents = torch.randn(1, 4, 64, 64, device="cuda")
print(decoder.decode(latents).sample.shape)
