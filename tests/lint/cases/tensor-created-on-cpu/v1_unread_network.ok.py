import torch
from detectors import build_detector

device = "cuda" if torch.cuda.is_available() else "cpu"
detector = build_detector("small")
detector.load_state_dict(torch.load("detector.pt", map_location="cpu"))
detector.to(device)
detector.eval()

anchors = torch.rand(1, 3, 320, 320, device=device)
with torch.no_grad():
    boxes = detector(anchors)
print(boxes)
