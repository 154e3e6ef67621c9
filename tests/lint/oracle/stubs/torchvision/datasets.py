# SPDX-License-Identifier: Apache-2.0
import torch
from torch.utils.data import Dataset


class Samples(Dataset):
    shape, kinds, size = (3, 32, 32), 10, 16

    def __init__(self, root=None, train=True, transform=None, target_transform=None, download=False, split=None):
        self.transform = transform
        self.classes = [str(i) for i in range(self.kinds)]
        self.targets = [i % self.kinds for i in range(self.size)]
        self.data = torch.rand(self.size, *self.shape)

    def __len__(self):
        return self.size

    def __getitem__(self, i):
        image = self.data[i]
        return (self.transform(image) if self.transform else image), self.targets[i]


class CIFAR10(Samples):
    pass


class CIFAR100(Samples):
    kinds = 100


class MNIST(Samples):
    shape = (1, 28, 28)


class FashionMNIST(MNIST):
    pass


class ImageFolder(Samples):
    kinds = 2

    def __init__(self, root, transform=None):
        super().__init__(root, transform=transform)
