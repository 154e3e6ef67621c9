import torch


def accuracy_of(net, test_loader, device):
    net.eval()
    right, total = 0, 0
    with torch.no_grad():
        for images, labels in test_loader:
            scores = net(images.to(device))
            _, guesses = torch.max(scores, 1)
            total += labels.size(0)
            right += (guesses.cpu() == labels).sum().item()
    return right / total
