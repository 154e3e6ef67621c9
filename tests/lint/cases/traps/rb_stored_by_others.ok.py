"""What several methods store, or a method that takes it to the CPU, is not known where it is used."""
import torch
from zoo import make


class TwoWays:
    def __init__(self, name):
        self.name = name
        self.device = torch.device("cuda")
        self.net = None

    def load(self):
        self.net = make(self.name).to(self.device)

    def load_small(self):
        self.net = make(self.name, small=True)

    def features(self, picture):
        x = torch.from_numpy(picture)
        return self.net(x).numpy()


class Moved:
    def __init__(self, name):
        self.device = torch.device("cuda")
        self.net = make(name).to(self.device)

    def to(self, device):
        self.device = device
        self.net = self.net.to(device)
        return self

    def features(self, picture):
        x = torch.from_numpy(picture).to(self.device)
        if self.device.type == "cpu":
            return self.net(x).numpy()
        return self.net(x).cpu().numpy()


class Reset:
    """A hidden state that is made anew on the device of the batch."""

    def __init__(self, size):
        self.size = size
        self.cell = torch.nn.GRUCell(size, size).cuda()
        self.reset()

    def reset(self, device="cpu"):
        self.hidden = torch.zeros(1, self.size, device=device)

    def step(self, x):
        x = x.cuda()
        self.hidden = self.cell(x, self.hidden.to(x.device))
        return self.hidden


class FromOutside:
    def __init__(self):
        self.device = torch.device("cuda")
        self.net = None

    def prepare(self):
        self.net = make("big").to(self.device)

    def features(self, n):
        return self.net(torch.rand(n, 3)).numpy()


def small():
    worker = FromOutside()
    worker.device = torch.device("cpu")
    worker.net = make("small")
    return worker
