from torch import nn


class Block(nn.Module):
    def __init__(self, width):
        super(Block, self).__init__()
        self.norm = nn.LayerNorm(width)
        self.lin = nn.Linear(width, width)

    def forward(self, x):
        return x + self.lin(self.norm(x)).relu()


class Stack(nn.Module):
    def __init__(self, width, depth):
        super(Stack, self).__init__()
        self.blocks = []  # BUG: python-list-of-modules
        for _ in range(depth):
            self.blocks.append(Block(width))
        self.head = nn.Linear(width, 1)

    def forward(self, x):
        for i in range(len(self.blocks)):
            x = self.blocks[i](x)
        return self.head(x)
