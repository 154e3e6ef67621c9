"""A mask beside the weight of the layer that the class is."""
import torch
import torch.nn.functional as F
from torch import nn


class PixelConv(nn.Conv2d):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        kh, kw = self.weight.shape[-2:]
        keep = torch.ones(kh, kw)
        keep[kh // 2 + 1:] = 0
        self.keep = keep  # BUG: tensor-attr-not-buffer

    def forward(self, image):
        return F.conv2d(image, self.weight * self.keep, self.bias, self.stride, self.padding)
