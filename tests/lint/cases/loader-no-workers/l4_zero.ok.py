import torch
from torchvision.datasets import MNIST
from torchvision.transforms import ToTensor

test = torch.utils.data.DataLoader(MNIST("d", transform=ToTensor()), batch_size=8, num_workers=1)
print(len(test))
