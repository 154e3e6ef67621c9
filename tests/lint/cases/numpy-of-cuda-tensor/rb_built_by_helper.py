"""A helper of __init__ makes the network: nobody else stores it."""
import numpy as np
import torch
from factory import build_backbone


class FeatureStore:
    def __init__(self, cfg):
        self.cfg = cfg
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._build()

    def _build(self):
        self.backbone = build_backbone(self.cfg.arch).to(self.device)
        self.backbone.eval()

    def fill(self, loader):
        rows = []
        with torch.no_grad():
            for pictures in loader:
                rows.append(self.backbone(pictures.to(self.device)))
        return np.concatenate([row.numpy() for row in rows])  # BUG: numpy-of-cuda-tensor
