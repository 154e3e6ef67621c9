import numpy as np
import torch


def xywh2xyxy(x: np.ndarray | torch.Tensor) -> np.ndarray | torch.Tensor:
    """Corners of boxes."""
    if isinstance(x, (list, tuple)):
        x = np.asarray(x, dtype=np.float32)
    y = torch.empty_like(x) if isinstance(x, torch.Tensor) else np.empty_like(x)
    xy = x[..., :2]
    wh = x[..., 2:] / 2
    y[..., :2] = xy - wh
    y[..., 2:] = xy + wh
    return y


def from_model(model, image):
    return xywh2xyxy(model.to("cuda")(image.to("cuda")))
