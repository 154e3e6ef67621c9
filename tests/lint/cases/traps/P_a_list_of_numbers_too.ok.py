import numpy as np
import torch


def xywh2xyxy(x):
    if isinstance(x, (list, tuple)):
        x = np.asarray(x, dtype=np.float32)
    y = x[..., 0]
    return y


def f(model, img):
    model = model.to("cuda")
    boxes = model(img.to("cuda"))
    return xywh2xyxy(boxes)
