"""Tensor attributes that need not move."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class AsShape(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.fc = nn.Linear(n, n)
        self.template = torch.zeros(n)
        self.limit = torch.tensor(3.0)
        self.order = torch.randperm(n)
        self.scale = 0.5

    def forward(self, x):
        x = self.fc(x)
        x = x * self.limit + self.scale
        x = x[:, self.order]
        return x.view(-1, self.template.shape[0])


class Remade(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.fc = nn.Linear(n, n)
        self.mask = torch.ones(n)

    def forward(self, x):
        x = self.fc(x)
        self.mask = torch.ones(x.shape[-1], device=x.device)
        return x * self.mask


class MovedInPlace(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.fc = nn.Linear(n, n)
        self.mask = torch.ones(n)

    def forward(self, x):
        if self.mask.device != x.device:
            self.mask = self.mask.to(x.device)
        return self.fc(x) * self.mask


class OwnApply(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.fc = nn.Linear(n, n)
        self.mask = torch.ones(n)

    def _apply(self, fn, recurse=True):
        super()._apply(fn, recurse)
        self.mask = fn(self.mask)
        return self

    def forward(self, x):
        return self.fc(x) * self.mask


class Given(nn.Module):
    def __init__(self, n, device):
        super().__init__()
        self.fc = nn.Linear(n, n, device=device)
        self.mask = torch.ones(n, device=device)
        self.other = torch.zeros(n).to(device)

    def forward(self, x):
        return self.fc(x) * self.mask + self.other


class NoModuleAtAll:
    def __init__(self, n):
        self.fc = nn.Linear(n, n)
        self.mask = torch.ones(n)

    def forward(self, x):
        return self.fc(x) * self.mask


class ParameterByName(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(n))
        self.register_parameter("bias", nn.Parameter(torch.zeros(n)))
        self.params = [self.weight, self.bias]

    def forward(self, x):
        w, b = self.params
        return F.linear(x, w[None], b[:1])


class BufferByLoop(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.fc = nn.Linear(n, n)
        for name in ("mean", "std"):
            self.register_buffer(name, None)
        self.mean = torch.zeros(n)
        self.std = torch.ones(n)

    def forward(self, x):
        return (self.fc(x) - self.mean) / self.std


class OnTheCpuByContract(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.fc = nn.Linear(n, n)
        self.thresholds = torch.linspace(0, 1, 10)

    def forward(self, x):
        y = self.fc(x).detach().cpu()
        return torch.bucketize(y, self.thresholds)


class Lengths(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.rnn = nn.GRU(n, n, batch_first=True)
        self.lengths = torch.full((4,), 7)

    def forward(self, x):
        packed = nn.utils.rnn.pack_padded_sequence(x, self.lengths, batch_first=True)
        return self.rnn(packed)


class CopiedIn(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.fc = nn.Linear(n, n)
        self.init = torch.rand(n)

    def forward(self, x):
        y = self.fc(x)
        out = torch.empty_like(y)
        out.copy_(self.init)
        out[0] = self.init
        return out + y


class MovedOutside(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.fc = nn.Linear(n, n)
        self.anchors = torch.rand(n)

    def forward(self, x):
        return self.fc(x) + self.anchors


def build(device):
    model = MovedOutside(4).to(device)
    model.anchors = model.anchors.to(device)
    return model


class PositionIndex(nn.Module):
    """Comparing shapes and making lists from a CPU tensor is no operation on the GPU."""

    def __init__(self, n):
        super().__init__()
        self.emb = nn.Embedding(n, n)
        self.sizes = torch.tensor([1, 2, 3])

    def forward(self, ids):
        x = self.emb(ids)
        return x.split(self.sizes.tolist(), dim=1)
