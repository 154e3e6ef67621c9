import numpy as np
import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.l = nn.Linear(3, 3)

    def forward(self, x):
        return self.l(x)


def panels(preds):
    out = []
    for p in preds:
        d = p[0, 0] if p.ndim == 4 else p[0]
        d = d.detach().float().cpu().numpy() if isinstance(d, torch.Tensor) else np.asarray(d, np.float32)
        out.append(d)
    return out


def show(model, dataloader, device):
    model = model.to(device).eval()
    for batch in dataloader:
        raw = model(batch["img"].to(device)).float()
        panels([raw])
