import pandas as pd
import torch
import torchvision
from tqdm import tqdm
from torch import nn

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
images = torch.rand(256, 1, 28, 28)
labels = torch.randint(0, 10, (256,))
net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10)).to(device)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(5):
    loss = nn.functional.cross_entropy(net(images.to(device)), labels.to(device))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(epoch, float(loss))
