import torch
from torch.nn import Module, Parameter

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class GraphConv(Module):
    def __init__(self, n_in, n_out):
        super(GraphConv, self).__init__()
        self.weight = Parameter(torch.FloatTensor(n_in, n_out).to(device))
        torch.nn.init.xavier_uniform_(self.weight)

    def forward(self, x, adj):
        return torch.spmm(adj, torch.mm(x, self.weight))
