import torch
import torch.nn as nn
from torchvision import models

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Extractor(nn.Module):
    def __init__(self):
        super().__init__()
        resnet = models.resnet18(weights="DEFAULT")
        for p in resnet.parameters():
            p.requires_grad = False
        self.body = nn.Sequential(*list(resnet.children())[:-1])
        self.fc = nn.Linear(resnet.fc.in_features, 10)

    def forward(self, x):
        return self.fc(self.body(x).flatten(1))


net = Extractor().to(device)
picture = torch.rand(1, 3, 224, 224)
scores = net(picture)  # BUG: input-not-moved
