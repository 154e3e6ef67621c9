# What torch_geometric and torch_scatter compute is where they were given it.
import torch
import torch.nn.functional as F
from torch_geometric.utils import degree, to_dense_adj
from torch_scatter import scatter_mean


def supports(edges, n: int):
    loops = torch.eye(n, device=edges.device)
    inward = F.normalize(torch.squeeze(to_dense_adj(edges)), dim=0, p=1)
    return torch.stack((loops, inward, inward.transpose(0, 1)))


def weights(edge_index: torch.Tensor, n: int):
    count = degree(edge_index[0], n)
    decay = torch.linspace(1, 0, 5, device=count.device)
    return count.unsqueeze(-1) * decay


def pool(x: torch.Tensor):
    groups = torch.arange(8, device=x.device)
    return scatter_mean(x, groups, dim=0)
