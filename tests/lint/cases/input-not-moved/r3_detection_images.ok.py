import torch
from torchvision.models.detection import maskrcnn_resnet50_fpn

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
model = maskrcnn_resnet50_fpn(weights=None, num_classes=3).to(device)
model.eval()
image = torch.rand(3, 80, 80)
with torch.no_grad():
    found = model([image.to(device)])
print(found[0]["scores"])
