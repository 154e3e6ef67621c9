"""Voice detection step by step: the first state is made of zeros."""
import torch
from torch import nn


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.LSTMCell(64, 64)
        self.head = nn.Linear(64, 1)

    def forward(self, x, state=torch.zeros(0)):
        if len(state):
            h, c = self.cell(x, (state[0], state[1]))
        else:
            h, c = self.cell(x)
        return self.head(h).sigmoid(), torch.stack([h, c])


device = "cuda"
decoder = Decoder().to(device)
for _ in range(10):
    sound = torch.rand(8, 50, 64).to(device)
    state = torch.zeros(2, 8, 64)
    outputs = []
    for i in range(sound.shape[1]):
        out, state = decoder(sound[:, i], state)  # BUG: input-not-moved
        outputs.append(out)
    print(torch.cat(outputs, dim=1).mean().item())
