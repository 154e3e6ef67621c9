import torch
import torch.nn as nn
from torchvision import models

# Parts move with their network, or alone.
net = models.resnet18(weights="DEFAULT")
body = nn.Sequential(*list(net.children())[:-1])
net.cuda()
x = torch.rand(2, 3, 64, 64).cuda()
body(x)
net(x)

cut = models.resnet18(weights="DEFAULT")
front = nn.Sequential(*list(cut.children())[:-1]).cuda()
front(x)
cut.fc(torch.rand(2, 512))
cut.fc = cut.fc.cuda()
cut(x)

cpu = models.resnet18()
cpu.layer4.cuda()
cpu.layer1(torch.rand(1, 64, 8, 8))
cpu.layer4(torch.rand(1, 256, 8, 8).cuda())


class Perceptual(nn.Module):
    def __init__(self):
        super().__init__()
        blocks = [models.vgg16(weights="DEFAULT").features[:4].eval(), models.vgg16(weights="DEFAULT").features[4:9].eval()]
        self.blocks = nn.ModuleList(blocks)

    def forward(self, a):
        for block in self.blocks:
            a = block(a)
        return a


Perceptual().cuda()(x)
