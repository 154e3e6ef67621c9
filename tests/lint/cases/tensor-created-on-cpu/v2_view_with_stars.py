import torch


def derivative(u: torch.Tensor, order):
    """However many sizes the star brings, one stands behind it."""
    spectrum = torch.fft.rfft(u, dim=-1)
    k = torch.fft.rfftfreq(u.size(-1)).view(*([1] * (u.dim() - 1)), -1)  # BUG: tensor-created-on-cpu
    return torch.fft.irfft((1j * k) ** order * spectrum, n=u.size(-1))
