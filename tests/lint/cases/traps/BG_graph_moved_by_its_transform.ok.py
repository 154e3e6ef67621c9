import torch
import torch_geometric.transforms as T
from torch_geometric.datasets import Planetoid
from torch_geometric.nn import GCNConv

device = torch.device("cuda")
graph = Planetoid("data", "Cora", transform=T.Compose([T.NormalizeFeatures(), T.ToDevice(device)]))[0]
other = Planetoid("data", "CiteSeer", transform=T.ToDevice(device))[0]
conv = GCNConv(graph.num_features, 7).to(device)
print(conv(graph.x, graph.edge_index), conv(other.x, other.edge_index))

third = Planetoid("data", "PubMed")[0]
third.x = third.x.to(device)
third.edge_index = third.edge_index.to(device)
print(conv(third.x, third.edge_index))
