import torch
import torchvision

model = torchvision.models.resnet18(weights=None)  # BUG: model-not-moved
model.eval()
image = torch.rand(1, 3, 224, 224).to("cuda")
with torch.no_grad():
    scores = model(image)
print(scores.argmax(dim=1).item())
