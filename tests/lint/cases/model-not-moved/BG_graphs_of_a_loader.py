import torch
from torch_geometric.data import Data
from torch_geometric.loader import DataLoader
from torch_geometric.nn import GraphConv, global_mean_pool


class Pooled(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = GraphConv(3, 16)
        self.out = torch.nn.Linear(16, 2)

    def forward(self, batch):
        h = self.conv(batch.x, batch.edge_index).relu()
        return self.out(global_mean_pool(h, batch.batch))


def pair():
    return Data(x=torch.randn(2, 3), edge_index=torch.tensor([[0, 1], [1, 0]]), y=torch.tensor([0]))


net = Pooled()  # BUG: model-not-moved
for batch in DataLoader([pair() for _ in range(12)], batch_size=4):
    batch.to("cuda")
    torch.nn.functional.cross_entropy(net(batch), batch.y).backward()
