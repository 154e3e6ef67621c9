import torch
from torch.utils.data import DataLoader
from torchvision import datasets, models, transforms

tfm = {"train": transforms.Compose([transforms.Resize(32), transforms.ToTensor()])}
sets = {k: datasets.ImageFolder("data/" + k, tfm[k]) for k in ["train"]}
loaders = {k: DataLoader(sets[k], batch_size=4) for k in ["train"]}
net = models.resnet18().cuda()
for phase in ["train"]:
    for inputs, labels in loaders[phase]:
        out = net(inputs)  # BUG: input-not-moved
