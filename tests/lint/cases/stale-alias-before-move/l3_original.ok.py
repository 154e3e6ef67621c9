import torch
from torch.utils.data import DataLoader, TensorDataset

device = torch.device("cuda")
autoencoder = torch.nn.Linear(12, 12).to(device)
loader = DataLoader(TensorDataset(torch.rand(40, 12)), batch_size=4)
for (x,) in loader:
    x = x.to(device)
    original = x
    rebuilt = autoencoder(x)
    loss = torch.nn.functional.mse_loss(rebuilt, original)
    loss.backward()
