import torch
from torch import optim
from torch.autograd import Variable

HAS_GPU = torch.cuda.is_available()


def dream(picture, network, rounds):
    if HAS_GPU:
        network = network.cuda()
    canvas = Variable(torch.randn(picture.shape) * 0.01, requires_grad=True)
    if HAS_GPU:
        canvas = canvas.cuda()  # BUG: non-leaf-after-move
    painter = optim.Adam([canvas], lr=0.01)
    for _ in range(rounds):
        painter.zero_grad()
        network(canvas).norm().backward()
        painter.step()
    return canvas


class Dreamer:
    def __init__(self, network):
        self.on_gpu = torch.cuda.is_available()
        self.network = network

    def start(self, size):
        noise = torch.zeros(size, requires_grad=True)
        if self.on_gpu:
            noise = noise.cuda()  # BUG: non-leaf-after-move
        return optim.SGD([noise], lr=0.1)
