import torch
from torch.utils.data import DataLoader, TensorDataset

torch.set_default_device("cuda")
options = dict(batch_size=4, num_workers=0)
data = TensorDataset(torch.randn(16, 2), torch.randn(16))
train = DataLoader(data, shuffle=True, **options)  # BUG: default-device-breaks-loader
test = DataLoader(data, **options)
for x, y in train:
    print(x.mean(), y.mean(), len(test))
