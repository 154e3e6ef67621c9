"""nn.ParameterDict and nn.ParameterList move what they hold, however they were filled: display, comprehension, loop, from a dict."""
import torch
from torch import nn


class Gates(nn.Module):
    def __init__(self, kinds, width, rounds):
        super().__init__()
        self.skip = nn.ParameterDict({kind: nn.Parameter(torch.rand(1)) for kind in kinds})
        self.scale = nn.ParameterList([nn.Parameter(torch.ones(width)) for _ in range(rounds)])
        self.shift = nn.ParameterList(nn.Parameter(torch.zeros(width)) for _ in range(rounds))
        table = {kind: nn.Parameter(torch.zeros(width)) for kind in kinds}
        self.table = nn.ParameterDict(table)
        self.late = nn.ParameterDict()
        for kind in kinds:
            self.late[kind] = nn.Parameter(torch.randn(width))
        self.grown = nn.ParameterList()
        for _ in range(rounds):
            self.grown.append(nn.Parameter(torch.randn(width)))
        self.lines = nn.ModuleDict({kind: nn.Linear(width, width) for kind in kinds})

    def forward(self, features):
        out = {}
        for kind in features:
            gate = torch.sigmoid(self.skip[kind])
            moved = self.lines[kind](features[kind])
            out[kind] = gate * moved + (1 - gate) * features[kind]
            out[kind] = out[kind] * self.table[kind] + self.late[kind]
            for scale, shift, grown in zip(self.scale, self.shift, self.grown):
                out[kind] = out[kind] * scale + shift + grown
            out[kind] = out[kind] + self.scale[0]
        return out


def main():
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = Gates(["user", "item"], 8, 3).to(device)
    features = {"user": torch.randn(5, 8).to(device), "item": torch.randn(7, 8).to(device)}
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(10):
        out = model(features)
        loss = out["user"].mean() + out["item"].mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


if __name__ == "__main__":
    main()
