import torch
import torch.nn.functional as F
from encoders import build_encoder
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Classifier(nn.Module):
    def __init__(self, encoder):
        super().__init__()
        self.encoder = encoder
        self.out = build_encoder(64, 10)

    def forward(self, x):
        return self.out(self.encoder(x))


device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
model = Classifier(build_encoder(784, 64))
model.to(device)
loader = DataLoader(TensorDataset(torch.rand(512, 784), torch.randint(0, 10, (512,))), batch_size=32)
optimizer = torch.optim.Adam(model.parameters())
for x, y in loader:
    x = x.to(device)
    optimizer.zero_grad()
    loss = F.cross_entropy(model(x), y)  # BUG: target-not-moved
    loss.backward()
    optimizer.step()
