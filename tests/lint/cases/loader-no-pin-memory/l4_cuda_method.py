import torch.utils.data
from torchvision import models


def evaluate(dataset):
    net = models.resnet18().cuda().eval()
    queue = torch.utils.data.DataLoader(dataset, batch_size=16, num_workers=2, pin_memory=False)  # BUG: loader-no-pin-memory
    return [net(x.cuda()).argmax(1) for x, _ in queue]
