import torch
import torch.nn as nn


def accuracy(output, target):
    _, pred = output.topk(1, 1, True, True)
    pred = pred.t()
    right = pred.eq(target.view(1, -1).expand_as(pred))  # BUG: target-not-moved
    return right.reshape(-1).float().sum().item()


def main():
    net = nn.Linear(6, 3).cuda()
    data = [(torch.randn(8, 6), torch.randint(0, 3, (8,))) for _ in range(5)]
    net.eval()
    for x, y in data:
        print(accuracy(net(x.cuda()), y))


main()
