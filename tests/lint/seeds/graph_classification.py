"""Message passing on small random graphs, batched as one big graph; no library but torch."""
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader


@dataclass
class Graph:
    x: Tensor
    edge_index: Tensor
    y: Tensor


@dataclass
class Batch:
    x: Tensor
    edge_index: Tensor
    batch: Tensor
    y: Tensor

    @property
    def num_graphs(self):
        return self.y.size(0)

    def to(self, device):
        return Batch(self.x.to(device), self.edge_index.to(device), self.batch.to(device), self.y.to(device))


def random_graph(generator, nodes=6, features=4):
    x = torch.randn(nodes, features, generator=generator)
    source = torch.randint(0, nodes, (2 * nodes,), generator=generator)
    target = torch.randint(0, nodes, (2 * nodes,), generator=generator)
    return Graph(x, torch.stack([source, target]), (x.sum() > 0).long())


def collate(graphs):
    offset, xs, edges, owner = 0, [], [], []
    for i, g in enumerate(graphs):
        xs.append(g.x)
        edges.append(g.edge_index + offset)
        owner.append(torch.full((g.x.size(0),), i, dtype=torch.long))
        offset += g.x.size(0)
    return Batch(torch.cat(xs), torch.cat(edges, dim=1), torch.cat(owner), torch.stack([g.y for g in graphs]))


def scatter_mean(src: Tensor, index: Tensor, size: int) -> Tensor:
    out = torch.zeros(size, src.size(1), device=src.device)
    out.index_add_(0, index, src)
    count = torch.zeros(size, device=src.device)
    count.index_add_(0, index, torch.ones(index.size(0), device=src.device))
    return out / count.clamp(min=1).unsqueeze(-1)


class SAGEConv(nn.Module):
    def __init__(self, in_dim, out_dim):
        super().__init__()
        self.lin_self = nn.Linear(in_dim, out_dim)
        self.lin_neigh = nn.Linear(in_dim, out_dim, bias=False)

    def forward(self, x, edge_index):
        src, dst = edge_index
        return self.lin_self(x) + self.lin_neigh(scatter_mean(x[src], dst, x.size(0)))


class GNN(nn.Module):
    def __init__(self, in_dim, hidden, classes, layers=2):
        super().__init__()
        self.convs = nn.ModuleList()
        for i in range(layers):
            self.convs.append(SAGEConv(in_dim if i == 0 else hidden, hidden))
        self.head = nn.Sequential(nn.Linear(hidden, hidden), nn.ReLU(), nn.Dropout(0.1), nn.Linear(hidden, classes))

    def forward(self, data: Batch):
        x = data.x
        for conv in self.convs:
            x = conv(x, data.edge_index).relu()
        return self.head(scatter_mean(x, data.batch, data.num_graphs))


def train_one_epoch(model, loader, optimizer, criterion, device):
    model.train()
    total = 0.0
    for batch in loader:
        batch = batch.to(device)
        optimizer.zero_grad(set_to_none=True)
        loss = criterion(model(batch), batch.y)
        loss.backward()
        optimizer.step()
        total += float(loss) * batch.num_graphs
    return total / len(loader.dataset)


@torch.no_grad()
def evaluate(model, loader, device):
    model.eval()
    correct = 0
    confusion = torch.zeros(2, 2, dtype=torch.long, device=device)
    for batch in loader:
        batch = batch.to(device)
        pred = model(batch).argmax(dim=-1)
        correct += int((pred == batch.y).sum())
        confusion.index_put_((batch.y, pred), torch.ones_like(pred), accumulate=True)
    return correct / len(loader.dataset), confusion


def main():
    generator = torch.Generator().manual_seed(7)
    device = torch.device("cuda") if torch.cuda.is_available() else torch.device("cpu")
    graphs = [random_graph(generator) for _ in range(32)]
    train_loader = DataLoader(graphs[:24], batch_size=8, shuffle=True, collate_fn=collate)
    test_loader = DataLoader(graphs[24:], batch_size=8, collate_fn=collate)
    model = GNN(4, 16, 2).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01, weight_decay=5e-4)
    criterion = nn.CrossEntropyLoss()
    for epoch in range(1, 4):
        loss = train_one_epoch(model, train_loader, optimizer, criterion, device)
        acc, confusion = evaluate(model, test_loader, device)
        print(f"{epoch:03d} loss {loss:.3f} acc {acc:.3f} {confusion.cpu().numpy().tolist()}")


if __name__ == "__main__":
    main()
