import torch

try:
    import numpy as np
except ImportError:
    np = None

try:
    import apex.amp as amp
    has_apex = True
except ImportError:
    has_apex = False


def mean(x):
    if np is not None:
        return np.mean(x)
    return torch.as_tensor(x).float().mean()


def scale(loss, opt):
    if has_apex:
        with amp.scale_loss(loss, opt) as scaled:
            scaled.backward()
