import torch
from torch import nn

device = "cuda" if torch.cuda.is_available() else "cpu"


class Tiny(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(6, 6)
        self.second = nn.Linear(6, 1)

    def forward(self, a, b):
        return self.second(torch.relu(self.first(a) + b))


def save_trace(net):
    sample = torch.rand(1, 6)
    return torch.jit.trace(net, (sample.to(device), sample))  # BUG: input-not-moved


if __name__ == "__main__":
    tiny = Tiny().to(device).eval()
    save_trace(tiny).save("tiny.pt")
