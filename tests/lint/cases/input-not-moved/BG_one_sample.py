import torch
from torch import nn
from torchvision import datasets, transforms

test = datasets.FashionMNIST("data", train=False, transform=transforms.ToTensor())
model = nn.Sequential(nn.Flatten(), nn.Linear(784, 10)).to("cuda").eval()
x, y = test[0][0], test[0][1]
with torch.no_grad():
    scores = model(x)  # BUG: input-not-moved
print(test.classes[scores[0].argmax(0)], test.classes[y])
