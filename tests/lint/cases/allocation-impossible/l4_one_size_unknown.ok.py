import torch

VOCABULARY = 250_000


def logits(batch, length, device):
    return torch.zeros(batch, length, VOCABULARY, device=device)
