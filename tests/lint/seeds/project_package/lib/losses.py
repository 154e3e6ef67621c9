import torch


def sparsity(code, rho=0.1):
    target = torch.full_like(code.mean(0), rho)
    mean = code.mean(0).clamp(1e-4, 1 - 1e-4)
    return (target * (target / mean).log() + (1 - target) * ((1 - target) / (1 - mean)).log()).sum()
