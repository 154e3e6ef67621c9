"""The input of a forward goes to a method of the same module: it is a tensor where it is calculated with."""
import torch
import torch.nn as nn
import torchvision


class Perceptual(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = torchvision.models.vgg16(pretrained=True).features[:16].eval()
        self.mean = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)  # BUG: tensor-attr-not-buffer

    def look(self, image):
        return self.body(image - self.mean)

    def forward(self, given, wanted):
        return (self.look(given) - self.look(wanted)).abs().mean()
