import torch
from torch.utils.data import DataLoader, TensorDataset

torch.set_default_device("cuda")
data = TensorDataset(torch.randn(100, 4), torch.randn(100, 1))
loader = DataLoader(data, batch_size=10, shuffle=True)  # BUG: default-device-breaks-loader
for x, y in loader:
    print(x.device, y.device)
