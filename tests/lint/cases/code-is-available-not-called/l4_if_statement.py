import torch


def pick():
    if torch.cuda.is_available:  # BUG: code-is-available-not-called
        return "cuda"
    return "cpu"


print(torch.ones(1).to(pick()))
