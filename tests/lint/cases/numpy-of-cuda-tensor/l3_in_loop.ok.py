import torch
from torch.utils.data import DataLoader, TensorDataset

net = torch.nn.Linear(3, 1).cuda()
data = DataLoader(TensorDataset(torch.rand(30, 3)), batch_size=10)
preds = []
for (x,) in data:
    out = net(x.cuda())
    preds.extend(out.detach().squeeze(1).cpu().numpy())
print(len(preds))
