import torch

rng = torch.Generator("cuda").manual_seed(1)
probs = torch.softmax(torch.rand(3, 10, device="cuda"), dim=-1)
token = torch.multinomial(probs, 1, generator=rng)
