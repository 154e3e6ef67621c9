import torch
import torch.nn as nn
import torch.nn.functional as F
from torchvision.models import vgg16


class Perceptual(nn.Module):
    def __init__(self):
        super().__init__()
        vgg = vgg16(weights="DEFAULT")
        self.features = nn.Sequential(*list(vgg.features.children())[:16]).eval()
        for p in self.features.parameters():
            p.requires_grad = False
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1))

    def forward(self, made, wanted):
        return F.l1_loss(self.features(made - self.mean), self.features(wanted - self.mean))


loss = Perceptual().cuda()
print(loss(torch.rand(2, 3, 32, 32).cuda(), torch.rand(2, 3, 32, 32).cuda()))
