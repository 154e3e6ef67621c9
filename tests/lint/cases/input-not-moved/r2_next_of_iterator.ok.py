import torch
import torch.nn as nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
loader = DataLoader(datasets.FashionMNIST("data", transform=transforms.ToTensor()), batch_size=16)
net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10)).to(device)

batches = iter(loader)
pictures, kinds = batches.next()
print(net(pictures.to(device)).shape)
