# The flag may have been switched off since: what it was at first says nothing.
import torch
from torch import optim

ON_GPU = torch.cuda.is_available()
ON_GPU = False


def start(size):
    noise = torch.zeros(size, requires_grad=True)
    if ON_GPU:
        noise = noise.cuda()
    return optim.SGD([noise], lr=0.1)
