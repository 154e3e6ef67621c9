# SPDX-License-Identifier: Apache-2.0
"""timm.create_model gives a module on the CPU."""
from torch import nn


def create_model(name, pretrained=False, num_classes=10, in_chans=3, **kwargs):
    model = nn.Sequential(nn.Conv2d(in_chans, 4, 3, 2), nn.BatchNorm2d(4), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                          nn.Linear(4, num_classes))
    model.num_features = 4
    model.default_cfg = {"mean": (0.5, 0.5, 0.5), "std": (0.5, 0.5, 0.5)}
    return model
