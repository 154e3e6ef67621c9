import torch
import torchmetrics
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Net(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(7, 14), nn.ReLU(), nn.Linear(14, classes))

    def forward(self, x):
        return self.net(x)


def fit(model, loader, metric, device, epochs):
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    loss_fn = nn.CrossEntropyLoss()
    for epoch in range(epochs):
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            pred = model(x)
            loss = loss_fn(pred, y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            metric.update(pred, y)
        print(epoch, metric.compute().item())
        metric.reset()


device = "cuda" if torch.cuda.is_available() else "cpu"
x = torch.randn(40, 7)
data = DataLoader(TensorDataset(x, torch.randint(0, 4, (40,))), batch_size=10)
accuracy = torchmetrics.Accuracy(task="multiclass", num_classes=4).to(device)
fit(Net(4).to(device), data, accuracy, device, epochs=2)
