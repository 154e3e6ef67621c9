from torch.utils.data import DataLoader
from torchvision import datasets, transforms

images = datasets.ImageFolder("train", transforms.ToTensor())
loader = DataLoader(images, batch_size=64, shuffle=True, num_workers=4)
for x, y in loader:
    print(x.shape, y.shape)
