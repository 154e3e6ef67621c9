import torch
import torch.nn as nn
from torch.utils.data import DataLoader


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(8, 1)

    def forward(self, x):
        return self.body(x.to("cuda:0"))


class Task:
    def run(self, context):
        net = Net().to("cuda:0")
        criterion = nn.MSELoss()
        loader = DataLoader(context["tensors_on_the_gpu"], batch_size=8)
        for x, y in loader:
            print(criterion(net(x), y).item())
