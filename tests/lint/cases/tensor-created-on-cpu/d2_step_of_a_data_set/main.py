# The same sum in a layer, which is run wherever the model is.
import torch
from layers.noise import add_noise


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = torch.nn.Linear(4, 4)

    def forward(self, x):
        return add_noise(self.fc(x), (0.1, 0.2))
