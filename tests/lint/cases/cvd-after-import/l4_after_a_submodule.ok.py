import os

os.environ["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID"
os.environ.update({"CUDA_VISIBLE_DEVICES": "0,2"})
from torch import nn
from torchvision import models

net = nn.DataParallel(models.resnet18()).cuda()
