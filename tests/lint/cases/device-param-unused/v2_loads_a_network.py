import json

import torch
from torch import nn


class Detector(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.stem = nn.Conv2d(3, width, 16, stride=16)

    def forward(self, image):
        return self.stem(image).flatten(2)


def load_detector(config, weights, device="cuda"):  # BUG: device-param-unused
    with open(config) as f:
        width = json.load(f)["width"]
    detector = Detector(width)
    detector.load_state_dict(torch.load(weights, map_location="cpu")["model"])
    detector.eval()
    return detector
