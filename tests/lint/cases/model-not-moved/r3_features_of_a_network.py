import torch
from torchvision import models

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
vgg = models.vgg19(weights="DEFAULT").features.eval()  # BUG: model-not-moved
for p in vgg.parameters():
    p.requires_grad_(False)
style = torch.rand(1, 3, 128, 128, device=device)
gram = vgg(style).flatten(1)
