# A step of a data set is run in the workers of its loader, on the CPU: transforms/noise.py.
import torch
from transforms.noise import add_noise


class Images(torch.utils.data.Dataset):
    def __init__(self, images):
        self.images = images

    def __len__(self):
        return len(self.images)

    def __getitem__(self, i):
        return add_noise(self.images[i], (0.1, 0.2))
