import torch


def pick():
    if torch.cuda.is_available():
        return "cuda"
    return "cpu"


print(torch.ones(1).to(pick()))
