import torch
from torch_geometric.nn.models.re_net import RENet
from data import ICEWS18, DataLoader

device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')
loader = DataLoader(ICEWS18("x"), batch_size=1024)
model = RENet(10, 5, 200).to(device)


def test(loader):
    model.eval()
    result = torch.tensor([0, 0, 0, 0], dtype=torch.float)
    for data in loader:
        data = data.to(device)
        with torch.no_grad():
            log_prob_obj, log_prob_sub = model(data)
        result += model.test(log_prob_obj, data.obj) * data.obj.size(0)
    return result.tolist()


test(loader)
