import torch
import torch.nn as nn


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(8, 16)

    def forward(self, x):
        h0 = torch.zeros(1, x.size(1), 16)
        if torch.cuda.is_available():
            h0 = h0.cuda()
        return self.rnn(x, h0)


model = Model().cuda()
model(torch.rand(5, 2, 8, device="cuda"))
