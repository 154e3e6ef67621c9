import torch
import torch.nn as nn
import torch.nn.functional as F
import torchvision
from torchvision import transforms
from torch.utils.data import DataLoader

means, stds = (0.49, 0.48, 0.45), (0.2, 0.2, 0.2)
to_input = transforms.Compose([
    transforms.RandomApply([transforms.ColorJitter(0.2, 0.2)], p=0.3),
    transforms.Resize((48, 48)),
    transforms.ToTensor(),
    transforms.Normalize(mean=means, std=stds),
])
pictures = torchvision.datasets.CIFAR100("data", train=True, download=True, transform=to_input)
batches = DataLoader(pictures, batch_size=16, shuffle=True, num_workers=2)


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(8, 100)

    def forward(self, x):
        return self.head(self.pool(F.relu(self.conv(x))).flatten(1))


device = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
model = Small()
model.to(device)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for i, batch in enumerate(batches):
    images, targets = batch
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), targets.to(device))  # BUG: input-not-moved
    loss.backward()
    optimizer.step()
