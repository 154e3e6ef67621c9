import torch
from torch.utils.data import DataLoader, TensorDataset


def evaluate(model, loader, device):
    correct = 0
    with torch.no_grad():
        for x, y in loader:
            out = model(x.to(device))
            correct += (out.argmax(dim=1) == y).sum().item()  # BUG: target-not-moved
    return correct


dev = torch.device("cuda:0")
clf = torch.nn.Linear(4, 3).to(dev)
test = DataLoader(TensorDataset(torch.rand(64, 4), torch.randint(3, (64,))), batch_size=8)
print(evaluate(clf, test, dev))
