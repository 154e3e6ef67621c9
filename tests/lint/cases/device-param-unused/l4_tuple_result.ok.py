import torch


def sample_noise(shape, steps, device="cuda"):
    """Noise and the steps that it belongs to."""
    noise = torch.randn(shape, device=device)
    t = torch.randint(0, steps, (shape[0],), device=device)
    return noise, t
