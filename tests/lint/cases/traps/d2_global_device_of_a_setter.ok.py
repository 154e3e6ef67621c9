# None only until a caller has chosen: set_gpu_mode() puts another device there.
import numpy as np
import torch

device = None


def set_gpu_mode(mode, gpu_id=0):
    global device
    device = torch.device("cuda:" + str(gpu_id) if mode else "cpu")


def from_numpy(*args, **kwargs):
    return torch.from_numpy(*args, **kwargs).float().to(device)


class Points(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(3, 16, 3, padding=1)

    def forward(self, images):
        maps = self.conv(images)
        weights = from_numpy(np.linspace(-1, 1, maps.shape[-1]))
        return torch.sum(maps * weights, 3)
