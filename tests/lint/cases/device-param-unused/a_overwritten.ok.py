import torch


def sample(decoder, count, device=None):
    """Draws pictures from a decoder."""
    size = decoder.latent_size
    if device is None:
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return decoder.to(device)(torch.randn(count, size, device=device))


def encode(encoder, pictures, device="cuda"):
    device = torch.device(device if torch.cuda.is_available() else "cpu")
    return encoder.to(device)(pictures.to(device))


def score(judge, pictures, device=None):
    judge = judge.to(device)
    device = next(judge.parameters()).device
    return judge(pictures.to(device))
