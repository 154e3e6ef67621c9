import torch
import torch.nn.functional as F
from torch_geometric.datasets import Planetoid
from torch_geometric.nn import GATConv
from torch_geometric.transforms import NormalizeFeatures

papers = Planetoid("data", "PubMed", transform=NormalizeFeatures())


class Attention(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first = GATConv(papers.num_features, 8, heads=4)
        self.last = GATConv(32, papers.num_classes)

    def forward(self, x, edges):
        return self.last(F.elu(self.first(x, edges)), edges)


graph = papers[0]
model = Attention().to("cuda")
out = model(graph.x, graph.edge_index)  # BUG: input-not-moved
print(F.cross_entropy(out[graph.train_mask], graph.y[graph.train_mask]))
