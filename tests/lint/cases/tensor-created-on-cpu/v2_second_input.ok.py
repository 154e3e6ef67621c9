import torch
from nets import UNet

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
unet = UNet(3).to(device)
unet.eval()
x = torch.randn(4, 3, 32, 32, device=device)
steps = torch.arange(4, device=device)
print(unet(x, steps).shape)
