import torch
import torchvision
from .gan import Generator

dev = torch.device("cuda:0")


def sheet(path, n=64):
    g = Generator(nz=100, ngf=64).to(dev)
    g.load_state_dict(torch.load(path, map_location=dev))
    with torch.inference_mode():
        return torchvision.utils.make_grid(g(torch.randn(n, 100, 1, 1, device=dev)))
