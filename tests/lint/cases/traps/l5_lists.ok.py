"""Lists that look like hidden layers and are not."""
import torch
import torch.nn as nn


class Activations(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.acts = [nn.ReLU(), nn.Tanh(), nn.Dropout(0.1), nn.MaxPool1d(2)]

    def forward(self, x):
        x = self.fc(x)
        for act in self.acts:
            x = act(x)
        return x


class SequentialLater(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.layers = []
        for _ in range(n):
            self.layers += [nn.Linear(8, 8), nn.ReLU()]
        self.body = nn.Sequential(*self.layers)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


class BySetattr(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.lins = []
        for i in range(n):
            lin = nn.Linear(8, 8)
            setattr(self, f"lin{i}", lin)
            self.lins.append(lin)

    def forward(self, x):
        for lin in self.lins:
            x = lin(x)
        return x


class ByAttribute(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 3)
        self.conv2 = nn.Conv2d(8, 8, 3)
        self.convs = [self.conv1, self.conv2]

    def forward(self, x):
        for conv in self.convs:
            x = conv(x)
        return x


class HiddenTeacher(nn.Module):
    """The teacher must not be trained nor saved, so it hides in a list on purpose and is moved by hand."""

    def __init__(self):
        super().__init__()
        self.student = nn.Linear(8, 8)
        self.teacher = [nn.Linear(8, 8).eval()]

    def to(self, *args, **kwargs):
        self.teacher[0].to(*args, **kwargs)
        return super().to(*args, **kwargs)

    def forward(self, x):
        with torch.no_grad():
            t = self.teacher[0](x)
        return self.student(x), t


class MovedWhenUsed(nn.Module):
    def __init__(self):
        super().__init__()
        self.lpips = [nn.Conv2d(3, 3, 1)]
        self.w = nn.Parameter(torch.ones(3))

    def forward(self, x):
        net = self.lpips[0].to(x.device)
        return net(x)


class NoModule:
    def __init__(self):
        self.nets = [nn.Linear(3, 3) for _ in range(3)]
        for net in self.nets:
            net.cuda()

    def forward(self, x):
        for net in self.nets:
            x = net(x)
        return x


class Parsed(nn.Module):
    """The list is only a recipe; what is called is the ModuleList."""

    def __init__(self, depth):
        super().__init__()
        self.recipe = [nn.Linear(4, 4) for _ in range(depth)]
        self.blocks = nn.ModuleList()
        for block in self.recipe:
            self.blocks.append(block)

    def forward(self, x):
        for block in self.recipe:
            x = block(x)
        return x
