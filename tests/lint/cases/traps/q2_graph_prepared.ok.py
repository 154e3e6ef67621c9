# What a data set does to its graphs is done on the CPU; and not everything that a graph has is a tensor.
import torch
from torch import nn
from torch_geometric.data import Data


def add_degree(data: Data) -> Data:
    data.x = torch.cat([data.x, torch.ones(data.num_nodes, 1)], dim=-1)
    return data


class Weigh:
    def __call__(self, data: Data) -> Data:
        data.edge_attr = data.edge_attr * torch.rand(data.num_edges, 1)
        return data


class Head(nn.Module):
    def forward(self, data: Data):
        names = torch.ones(data.num_nodes).to(data.x.device)
        if data.edge_attr is None:
            return names
        return names * data.x.sum()
