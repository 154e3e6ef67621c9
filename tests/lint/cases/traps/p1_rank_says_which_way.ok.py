"""An image from disk has three dimensions and is normalized on the CPU; only a batch of four, which is on the GPU, meets the constants there."""
import torch
import torchvision.transforms.functional as TF
from PIL import Image

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
mean = torch.tensor([0.4, 0.5, 0.6]).view(3, 1, 1)
std = torch.tensor([0.2, 0.2, 0.2]).view(3, 1, 1)
mean_there = torch.tensor([0.4, 0.5, 0.6]).view(1, 3, 1, 1).to(device)
std_there = torch.tensor([0.2, 0.2, 0.2]).view(1, 3, 1, 1).to(device)


def normalized(image, source):
    if source == "file":
        image = TF.to_tensor(image)
    if image.ndimension() == 3:
        image = (image - mean) / std
    elif image.dim() == 4:
        image = (image - mean_there) / std_there
    return image


def scaled(image):
    return image * std_there if image.ndim > 3 else image * std


picture = normalized(Image.open("a.png"), "file")
batch = normalized(torch.rand(2, 3, 8, 8, device=device), "tensor")
print(picture.mean(), batch.mean(), scaled(TF.to_tensor(Image.open("b.png"))), scaled(torch.rand(2, 3, 8, 8).to(device)))

grown = torch.rand(3, 8, 8)
same = grown
same.unsqueeze_(0)
if grown.dim() == 3:
    other = torch.rand(1, 3, 8, 8, device=device)
else:
    other = torch.rand(1, 3, 8, 8)
print((grown + other).mean())
