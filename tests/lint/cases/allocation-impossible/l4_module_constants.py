import torch

SIDE = 2 ** 13
CHANNELS = 512
BATCH = 64

device = torch.device("cuda")


def make_input():
    return torch.zeros((BATCH, CHANNELS, SIDE, SIDE), dtype=torch.float16, device=device)  # BUG: allocation-impossible


print(make_input().shape)
