# A graph of torch_geometric, by the annotation: its tensors are where the caller has it.
import torch
from torch import nn
from torch_geometric.data import Batch, Data


class Readout(nn.Module):
    def forward(self, graph: Data) -> torch.Tensor:
        scale = torch.arange(16.0, device=graph.x.device)
        return graph.x * scale


class Labels(nn.Module):
    def __init__(self, rate=0.9):
        super().__init__()
        self.rate = rate

    def forward(self, batch: Batch):
        truth = batch.y.bool()
        if self.rate < 1:
            drawn = torch.rand(int(truth.sum()), device=truth.device)
            truth[truth.clone()] = drawn < self.rate
        return truth


def degree_weights(graph: "Data", device):
    ones = torch.ones(graph.num_edges)
    return ones.to(device)


def offsets(graph: Data, device=None):
    steps = torch.arange(graph.num_nodes, device=graph.batch.device)
    return torch.stack([steps, graph.batch]), device
