import torch


def summary(model, n):
    """Both inputs are made where the model is asked on the CPU."""
    x = torch.randn(n, 3)
    t = torch.ones(n)
    return model(x, t)


def histogram(count, device, n):
    """What is called is no network: it may take its bins from the host."""
    x = torch.randn(n, 3, device=device)
    return count(x, torch.linspace(0, 1, 10))


def scaled(model, device, n):
    """A 0-dim tensor of the CPU mixes with every device."""
    x = torch.randn(n, 3, device=device)
    return model(x, torch.tensor(0.5))
