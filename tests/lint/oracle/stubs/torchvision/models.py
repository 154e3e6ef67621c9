# SPDX-License-Identifier: Apache-2.0
import torch
from torch import nn


class ResNet18_Weights:
    DEFAULT = IMAGENET1K_V1 = "weights"


class VGG19_Weights(ResNet18_Weights):
    pass


class ResNet(nn.Module):
    def __init__(self, kinds=1000):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 3, 2)
        self.bn1 = nn.BatchNorm2d(4)
        self.layer4 = nn.Conv2d(4, 4, 3, 2)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(4, kinds)

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        return self.fc(self.avgpool(torch.relu(self.layer4(x))).flatten(1))


def resnet18(pretrained=False, weights=None, num_classes=1000, **kwargs):
    return ResNet(num_classes)


resnet34 = resnet50 = resnet18


class VGG(nn.Module):
    def __init__(self, kinds=1000):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 4, 3), nn.ReLU())
        self.classifier = nn.Sequential(nn.Flatten(), nn.LazyLinear(kinds))

    def forward(self, x):
        return self.classifier(self.features(x))


def vgg19(pretrained=False, weights=None, **kwargs):
    return VGG()


vgg16 = vgg19
