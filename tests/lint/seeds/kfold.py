import numpy as np
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, Subset, TensorDataset


def reset_weights(m):
    for layer in m.children():
        if hasattr(layer, 'reset_parameters'):
            layer.reset_parameters()


class MLP(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        layers = []
        for a, b in zip(sizes[:-1], sizes[1:]):
            layers += [nn.Linear(a, b), nn.ReLU()]
        self.layers = nn.Sequential(*layers[:-1])

    def forward(self, x):
        return self.layers(x)


def folds(n, k, seed=42):
    order = np.random.RandomState(seed).permutation(n)
    for part in np.array_split(order, k):
        yield np.setdiff1d(order, part), part


def main():
    k_folds = 3
    num_epochs = 2
    torch.manual_seed(42)
    use_cuda = torch.cuda.is_available()
    device = torch.device("cuda:0" if use_cuda else "cpu")
    results = {}
    dataset = TensorDataset(torch.randn(45, 5), torch.randint(0, 3, (45,)))
    loss_function = nn.CrossEntropyLoss()
    for fold, (train_ids, test_ids) in enumerate(folds(len(dataset), k_folds)):
        trainloader = DataLoader(Subset(dataset, train_ids.tolist()), batch_size=10, shuffle=True)
        testloader = DataLoader(Subset(dataset, test_ids.tolist()), batch_size=10)
        network = MLP([5, 12, 3])
        network.apply(reset_weights)
        network = network.to(device)
        optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
        for epoch in range(num_epochs):
            current_loss = 0.0
            for i, data in enumerate(trainloader, 0):
                inputs, targets = data
                inputs, targets = inputs.to(device), targets.to(device)
                optimizer.zero_grad()
                outputs = network(inputs)
                loss = loss_function(outputs, targets)
                loss.backward()
                optimizer.step()
                current_loss += loss.item()
        correct, total = 0, 0
        with torch.no_grad():
            for i, data in enumerate(testloader, 0):
                inputs, targets = data[0].to(device), data[1].to(device)
                outputs = network(inputs)
                _, predicted = torch.max(outputs.data, 1)
                total += targets.size(0)
                correct += (predicted == targets).sum().item()
        results[fold] = 100.0 * (correct / total)
        torch.save(network.state_dict(), f'./model-fold-{fold}.pth')
    print(f'Average: {sum(results.values()) / len(results)} %')


if __name__ == '__main__':
    main()
