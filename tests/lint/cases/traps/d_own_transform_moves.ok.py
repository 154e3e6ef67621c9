import torch
import torch.nn as nn
import torchvision
from torchvision import transforms

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
moved = transforms.Compose([
    transforms.ToTensor(),
    transforms.Lambda(lambda t: t.to(device)),
])
sometimes = transforms.RandomApply([lambda t: t.to(device)], p=1.0)
whole = transforms.Compose([transforms.ToTensor(), sometimes])

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 10)).to(device)
for transform in (moved, whole):
    digits = torchvision.datasets.MNIST("data", transform=transform)
    for images, labels in torch.utils.data.DataLoader(digits, batch_size=8):
        print(model(images).argmax(1).sum().item())

first = torchvision.datasets.MNIST("data", transform=moved)
for images, _ in torch.utils.data.DataLoader(first, batch_size=8):
    print(model(images).shape)
second = torchvision.datasets.MNIST("data", transform=whole)
for images, _ in torch.utils.data.DataLoader(second, batch_size=8):
    print(model(images).shape)
