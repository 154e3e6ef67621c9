import random

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import Dataset, DataLoader


class PairDataset(Dataset):
    def __init__(self, classes=4, per_class=6):
        self.items = [(torch.rand(1, 20, 20) + c, c) for c in range(classes) for _ in range(per_class)]

    def __getitem__(self, index):
        img0, c0 = self.items[index]
        img1, c1 = random.choice(self.items)
        label = torch.tensor([float(c0 != c1)])
        return img0, img1, label

    def __len__(self):
        return len(self.items)


class SiameseNetwork(nn.Module):
    def __init__(self):
        super(SiameseNetwork, self).__init__()
        self.cnn1 = nn.Sequential(
            nn.Conv2d(1, 4, kernel_size=3, stride=2),
            nn.ReLU(inplace=True),
            nn.BatchNorm2d(4),
        )
        self.fc1 = nn.Sequential(nn.Linear(4 * 9 * 9, 16), nn.ReLU(inplace=True), nn.Linear(16, 5))

    def forward_once(self, x):
        output = self.cnn1(x)
        output = output.view(output.size()[0], -1)
        return self.fc1(output)

    def forward(self, input1, input2):
        return self.forward_once(input1), self.forward_once(input2)


class ContrastiveLoss(torch.nn.Module):
    def __init__(self, margin=2.0):
        super(ContrastiveLoss, self).__init__()
        self.margin = margin

    def forward(self, output1, output2, label):
        distance = F.pairwise_distance(output1, output2, keepdim=True)
        return torch.mean((1 - label) * torch.pow(distance, 2)
                          + label * torch.pow(torch.clamp(self.margin - distance, min=0.0), 2))


def main():
    random.seed(3)
    loader = DataLoader(PairDataset(), shuffle=True, num_workers=0, batch_size=8)
    if torch.cuda.is_available():
        device = torch.device('cuda')
    else:
        device = torch.device('cpu')
    net = SiameseNetwork().to(device)
    criterion = ContrastiveLoss()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.0005)
    counter = []
    for epoch in range(2):
        for i, data in enumerate(loader):
            img0, img1, label = data
            img0, img1, label = img0.to(device), img1.to(device), label.to(device)
            optimizer.zero_grad()
            output1, output2 = net(img0, img1)
            loss_contrastive = criterion(output1, output2, label)
            loss_contrastive.backward()
            optimizer.step()
            if i % 2 == 0:
                counter.append(loss_contrastive.item())
    net.eval()
    x0, x1, _ = next(iter(loader))
    with torch.no_grad():
        o1, o2 = net(x0.to(device), x1.to(device))
        d = F.pairwise_distance(o1, o2)
    print("dissimilarity", d.cpu().numpy())


main()
