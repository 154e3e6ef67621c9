import torch
from torch.utils.data import DataLoader, Dataset
from torchvision.models.detection import fasterrcnn_resnet50_fpn
from torchvision.models.detection.faster_rcnn import FastRCNNPredictor


class Cells(Dataset):
    def __getitem__(self, i):
        target = {}
        target["boxes"] = torch.tensor([[4.0, 4.0, 30.0, 30.0]])
        target["labels"] = torch.ones(1, dtype=torch.int64)
        return torch.rand(3, 64, 64), target

    def __len__(self):
        return 6


def collate(batch):
    return tuple(zip(*batch))


device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
model = fasterrcnn_resnet50_fpn(weights="DEFAULT")
width = model.roi_heads.box_predictor.cls_score.in_features
model.roi_heads.box_predictor = FastRCNNPredictor(width, 2)
model.to(device)
optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.005)
loader = DataLoader(Cells(), batch_size=2, collate_fn=collate)

model.train()
for images, targets in loader:
    images = list(image.to(device) for image in images)
    targets = [{k: v.to(device) for k, v in t.items()} for t in targets]
    losses = sum(model(images, targets).values())
    optimizer.zero_grad()
    losses.backward()
    optimizer.step()
