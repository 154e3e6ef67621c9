import torch
from torch.utils.data import DataLoader
from torchvision import datasets
from torchvision.transforms import Compose, Lambda, ToTensor

steps = Compose([
    ToTensor(),
    Lambda(lambda t: t.float()),
])
digits = datasets.MNIST("data", transform=steps)
loader = DataLoader(digits, batch_size=32, num_workers=2)
for x, y in loader:
    print(x.mean(), y[0])
