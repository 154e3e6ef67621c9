import torch
import torch.nn as nn


class Tagger(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.size = size
        self.rnn = nn.GRU(4, size, batch_first=True)

    def start(self, n):
        return torch.zeros(1, n, self.size, device=self.rnn.weight_hh_l0.device)

    def forward(self, x):
        out, _ = self.rnn(x, self.start(x.size(0)))
        return out


model = Tagger(8).cuda()
model(torch.rand(2, 5, 4).cuda())
