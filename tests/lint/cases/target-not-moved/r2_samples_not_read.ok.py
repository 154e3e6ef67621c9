import torch
import torch.nn as nn
from torch.utils.data import DataLoader

from pictures import Pictures

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
loader = DataLoader(Pictures("train"), batch_size=8, shuffle=True)
net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 2))
net = net.to(device)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)

for image, kind in loader:
    image = image.to(device)
    loss = criterion(net(image), kind.to(device))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
