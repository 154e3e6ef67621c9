import torch
from torchvision.models.detection import retinanet_resnet50_fpn

# A detector that only answers does not look at the targets that it is given.
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
model = retinanet_resnet50_fpn(weights="DEFAULT").to(device)
target = {"boxes": torch.tensor([[1.0, 1.0, 20.0, 20.0]]), "labels": torch.ones(1, dtype=torch.int64)}
model.train()
model.eval()
with torch.no_grad():
    print(model([torch.rand(3, 64, 64, device=device)], [target]))
