import sys

import torch
from PIL import Image
from torchvision import models, transforms

prepare = transforms.Compose([
    transforms.Resize(256),
    transforms.CenterCrop(224),
    transforms.ToTensor(),
    transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
])
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def classify(path, model):
    picture = prepare(Image.open(path).convert("RGB"))
    with torch.no_grad():
        scores = model(picture.unsqueeze(0))  # BUG: input-not-moved
    return scores.argmax(1).item()


if __name__ == "__main__":
    net = models.resnet18(weights="DEFAULT")
    net.eval()
    net.to(device)
    for name in sys.argv[1:]:
        print(name, classify(name, net))
