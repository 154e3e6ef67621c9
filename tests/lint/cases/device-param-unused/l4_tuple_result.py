import torch


def sample_noise(shape, steps, device="cuda"):  # BUG: device-param-unused
    """Noise and the steps that it belongs to."""
    noise = torch.randn(shape)
    t = torch.randint(0, steps, (shape[0],))
    return noise, t
