import torch


def sample(decoder, count, device=None):
    """Draws pictures from a decoder."""
    size = decoder.latent_size
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")  # BUG: device-param-unused
    return decoder.to(device)(torch.randn(count, size, device=device))
