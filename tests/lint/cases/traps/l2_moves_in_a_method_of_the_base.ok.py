import torch
import torch.nn as nn


class Base:
    def __init__(self, device):
        self.device = device
        self.model = self.make()
        self.place()

    def place(self):
        self.model = self.model.to(self.device)


class Small(Base):
    def make(self):
        return nn.Linear(3, 3)


small = Small(torch.device("cuda"))
print(small.model(torch.rand(2, 3).to(small.device)))
