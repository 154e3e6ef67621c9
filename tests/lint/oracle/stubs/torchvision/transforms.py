# SPDX-License-Identifier: Apache-2.0
import torch


class Compose:
    def __init__(self, steps):
        self.transforms = steps

    def __call__(self, x):
        for step in self.transforms:
            x = step(x)
        return x


class Same:
    def __init__(self, *args, **kwargs):
        pass

    def __call__(self, x):
        return x


ToTensor = RandomHorizontalFlip = RandomRotation = RandomCrop = CenterCrop = ColorJitter = Same


class Resize(Same):
    pass


RandomResizedCrop = Same


class Normalize:
    def __init__(self, mean, std, inplace=False):
        self.mean, self.std = mean, std

    def __call__(self, x):
        return (x - torch.tensor(self.mean).view(-1, 1, 1)) / torch.tensor(self.std).view(-1, 1, 1)


class Lambda:
    def __init__(self, f):
        self.f = f

    def __call__(self, x):
        return self.f(x)
