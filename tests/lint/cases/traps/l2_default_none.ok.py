import torch


def add_noise(x, noise=None):
    if noise is None:
        noise = torch.randn_like(x)
    return x + noise


def scaled(x, scale=None, offset=None):
    if scale is None:
        scale = torch.ones(1, device=x.device)
    if offset is not None:
        x = x + offset
    return x * scale


print(add_noise(torch.rand(2, device="cuda")), scaled(torch.rand(2, device="cuda")))
