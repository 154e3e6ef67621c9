import torch
import torch.nn.functional as F
from ogb.graphproppred import PygGraphPropPredDataset
from ogb.graphproppred.mol_encoder import AtomEncoder
from torch_geometric.loader import DataLoader
from torch_geometric.nn import GCNConv, global_mean_pool


class Molecules(torch.nn.Module):
    def __init__(self, width, n):
        super().__init__()
        self.atoms = AtomEncoder(width)
        self.first = GCNConv(width, width)
        self.last = torch.nn.Linear(width, n)

    def forward(self, data):
        x = F.relu(self.first(self.atoms(data.x), data.edge_index))
        return self.last(global_mean_pool(x, data.batch))


device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
dataset = PygGraphPropPredDataset(name="ogbg-molhiv")
model = Molecules(64, dataset.num_tasks).to(device)
for data in DataLoader(dataset, batch_size=32, shuffle=True):
    out = model(data)  # BUG: input-not-moved
    print(out.mean().item())
