import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 16, 3)

    def forward(self, x):
        x = F.relu(self.conv(x))
        x = x.flatten(1)
        x = nn.Linear(x.shape[1], 10)(x)  # BUG: module-created-in-forward
        return F.log_softmax(x, dim=1)
