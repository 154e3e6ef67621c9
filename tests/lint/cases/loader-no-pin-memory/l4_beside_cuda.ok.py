import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
data = datasets.FakeData(transform=transforms.ToTensor())
loader = DataLoader(data, batch_size=32, num_workers=4, pin_memory=True)
model = nn.Sequential(nn.Flatten(), nn.Linear(3 * 224 * 224, 10)).to(device)
for x, y in loader:
    print(model(x.to(device, non_blocking=True)).shape, y.shape)
