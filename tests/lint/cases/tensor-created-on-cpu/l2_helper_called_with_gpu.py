import torch
import torch.nn as nn


def smooth(labels, classes):
    table = torch.eye(classes)  # BUG: tensor-created-on-cpu
    return 0.9 * labels + 0.1 * table.mean(0)


device = torch.device("cuda")
model = nn.Linear(7, 3).to(device)
x = torch.rand(2, 7, device=device)
labels = torch.softmax(model(x), dim=1)
print(smooth(labels, 3))
