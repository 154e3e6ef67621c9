import torch
from torch import nn, optim
from torch.utils.data import DataLoader
from torchvision import datasets
from torchvision.transforms import ToTensor

device = torch.device("cuda")
loader = DataLoader(datasets.FashionMNIST("d", transform=ToTensor()), batch_size=64)
model = nn.Sequential(nn.Flatten(), nn.Linear(28 * 28, 10)).to(device)
loss_fn = nn.CrossEntropyLoss()
optimizer = optim.SGD(model.parameters(), lr=1e-3)


def train(dataloader, model, loss_fn, optimizer):
    for batch, (X, y) in enumerate(dataloader):
        X, y = X.to(device), y.to(device)
        pred = model(X)
        loss = loss_fn(pred, y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()


for t in range(5):
    train(loader, model, loss_fn, optimizer)
