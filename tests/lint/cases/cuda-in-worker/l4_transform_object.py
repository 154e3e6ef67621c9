import torch
import torchvision
from torch.utils.data import DataLoader
from torchvision import transforms


class ToGpu:
    def __call__(self, image):
        return image.to("cuda", non_blocking=True)  # BUG: cuda-in-worker


pipeline = transforms.Compose([transforms.ToTensor(), ToGpu()])
train = torchvision.datasets.CIFAR10("data", train=True, transform=pipeline)
for image, label in DataLoader(train, batch_size=64, num_workers=8):
    print(image.device, label.shape)
